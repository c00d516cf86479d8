/** Amplify: an account from sign-up to deletion. */
import {
  confirmResetPassword, confirmSignUp, confirmUserAttribute, deleteUser, deleteUserAttributes, fetchUserAttributes,
  getCurrentUser, resendSignUpCode, resetPassword, sendUserAttributeVerificationCode, signIn, signUp, updatePassword,
  updateUserAttributes,
} from 'aws-amplify/auth';
import { payloads, signInAgain } from './amplify_setup.mjs';
import { code, given, refusal, step, wrong } from './lib.mjs';

const { username, password, email, newEmail, secondPassword, thirdPassword } = given;
const newcomer = { username, password, options: { userAttributes: { email, name: 'Ann' } } };

step('sign up', await signUp(newcomer));
step('sign up again', await refusal(() => signUp(newcomer)));
step('weak password', await refusal(() => signUp({ ...newcomer, username: 'bob', password: 'short' })));
step('sign in unconfirmed', await signIn({ username, password }));
step('resend', await resendSignUpCode({ username }));
const sent = await code(username, 'resend');
step('confirm wrong', await refusal(() => confirmSignUp({ username, confirmationCode: wrong(sent) })));
step('confirm', await confirmSignUp({ username, confirmationCode: sent }));
step('confirm again', await refusal(() => confirmSignUp({ username, confirmationCode: sent })));

step('wrong password', await refusal(() => signIn({ username, password: secondPassword })));
step('unknown user', await refusal(() => signIn({ username: 'nobody', password })));
step('sign in', await signIn({ username, password }));
step('current user', await getCurrentUser());
step('payloads', await payloads());

step('attributes', await fetchUserAttributes());
step('update', await updateUserAttributes({ userAttributes: { email: newEmail, name: 'Anna', nickname: 'A' } }));
step('attributes unverified', await fetchUserAttributes());
const first = await code(newEmail, 'attribute');
step('verify wrong', await refusal(() => confirmUserAttribute({ userAttributeKey: 'email', confirmationCode: wrong(first) })));
step('send again', await sendUserAttributeVerificationCode({ userAttributeKey: 'email' }));
await confirmUserAttribute({ userAttributeKey: 'email', confirmationCode: await code(newEmail, 'attribute') });
await deleteUserAttributes({ userAttributeKeys: ['nickname'] });
step('attributes verified', await fetchUserAttributes());
step('unknown attribute', await refusal(() => updateUserAttributes({ userAttributes: { 'custom:none': 'x' } })));

step('change with wrong password', await refusal(() => updatePassword({ oldPassword: 'Wrong-horse-7', newPassword: secondPassword })));
step('change to weak password', await refusal(() => updatePassword({ oldPassword: password, newPassword: 'no-upper-case-1' })));
step('change', await updatePassword({ oldPassword: password, newPassword: secondPassword }));
step('old password', await refusal(() => signInAgain({ username, password })));
step('changed password', await signIn({ username, password: secondPassword }));

step('reset', await resetPassword({ username }));
const recovery = await code(username, 'recovery');
const recovered = { username, newPassword: thirdPassword };
step('reset wrong', await refusal(() => confirmResetPassword({ ...recovered, confirmationCode: wrong(recovery) })));
step('reset confirm', await confirmResetPassword({ ...recovered, confirmationCode: recovery }));
step('reset twice', await refusal(() => confirmResetPassword({ ...recovered, confirmationCode: recovery })));
step('before the reset', await refusal(() => signInAgain({ username, password: secondPassword })));
step('after the reset', await signIn({ username, password: thirdPassword }));

step('delete', await deleteUser());
step('session of the deleted', await payloads());
step('sign in deleted', await refusal(() => signIn({ username, password: thirdPassword })));
