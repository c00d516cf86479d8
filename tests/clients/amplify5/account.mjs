/** Amplify 5: an account from sign-up to deletion. */
import { code, given, refusal, step, wrong } from '../node/lib.mjs';
import { asked, Auth, later, payloads } from './setup.mjs';

const { username, password, email, newEmail, secondPassword, thirdPassword } = given;

const { user, ...made } = await Auth.signUp({ username, password, attributes: { email, name: 'Ann' } });
step('sign up', { ...made, username: user.getUsername() });
step('resend', await Auth.resendSignUp(username));
const sent = await code(username, 'resend');
step('confirm wrong', await refusal(() => Auth.confirmSignUp(username, wrong(sent))));
step('confirm', await Auth.confirmSignUp(username, sent));
step('nobody yet', await Auth.currentAuthenticatedUser().catch((text) => text));

step('sign in', asked(await Auth.signIn(username, password)));
const current = await Auth.currentAuthenticatedUser();
step('current user', { username: current.username, attributes: current.attributes });
const session = await Auth.currentSession();
step('payloads', payloads(session));
await later(3601);
step('refreshed', payloads(await Auth.currentSession()));

const updates = { email: newEmail, nickname: 'A' };
step('update', await Auth.updateUserAttributes(current, updates));
const first = await code(newEmail, 'attribute');
const verify = (secret) => Auth.verifyCurrentUserAttributeSubmit('email', secret);
step('verify wrong', await refusal(() => verify(wrong(first))));
await Auth.verifyCurrentUserAttribute('email');
step('verify', await verify(await code(newEmail, 'attribute')));
step('delete attribute', await Auth.deleteUserAttributes(current, ['nickname']));
const read = await Auth.currentUserInfo();
step('info', { username: read.username, attributes: read.attributes });

step('change with wrong password', await refusal(() => Auth.changePassword(current, 'Wrong-horse-7', secondPassword)));
step('change', await Auth.changePassword(current, password, secondPassword));
step('forgot', await Auth.forgotPassword(username));
const recovery = await code(username, 'recovery');
const recover = (secret) => Auth.forgotPasswordSubmit(username, secret, thirdPassword);
step('forgot wrong', await refusal(() => recover(wrong(recovery))));
step('forgot submit', await recover(recovery));
step('before the reset', await refusal(() => Auth.signIn(username, secondPassword)));

step('signs in again', asked(await Auth.signIn(username, thirdPassword)));
const held = await Auth.currentAuthenticatedUser();
const kept = held.getSignInUserSession();
await Auth.signOut({ global: true });
step('signed out', await Auth.currentAuthenticatedUser().catch((text) => text));
held.setSignInUserSession(kept);
step('token after sign-out', await refusal(() => Auth.changePassword(held, thirdPassword, password)));

await Auth.signIn({ username, password: thirdPassword });
step('delete', await Auth.deleteUser());
step('sign in deleted', await refusal(() => Auth.signIn(username, thirdPassword)));
