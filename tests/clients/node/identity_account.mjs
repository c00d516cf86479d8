/** amazon-cognito-identity-js: an account from sign-up to deletion. */
import { attributes, call, outcome, payloads, pool, read, signIn, user } from './identity_setup.mjs';
import { code, given, refusal, step, wrong } from './lib.mjs';

const { username, password, email, newEmail, secondPassword, thirdPassword } = given;

const signUp = (name, secret) =>
  call((done) => pool.signUp(name, secret, attributes({ email, name: 'Ann' }), null, done));

const { userSub, userConfirmed, codeDeliveryDetails } = await signUp(username, password);
step('sign up', { userSub, userConfirmed, codeDeliveryDetails });
step('sign up again', await refusal(() => signUp(username, password)));
step('weak password', await refusal(() => signUp('bob', 'short')));
step('sign in unconfirmed', await refusal(() => signIn(user(), password)));
step('resend', await call((done) => user().resendConfirmationCode(done)));
const sent = await code(username, 'resend');
step('confirm wrong', await refusal(() => call((done) => user().confirmRegistration(wrong(sent), false, done))));
step('confirm', await call((done) => user().confirmRegistration(sent, false, done)));

step('wrong password', await refusal(() => signIn(user(), secondPassword)));
step('unknown user', await refusal(() => signIn(user('nobody'), password)));
const ann = user();
step('sign in', await signIn(ann, password));
step('payloads', payloads(ann));
step('user data', await call((done) => ann.getUserData(done, { bypassCache: true })));

const updates = attributes({ email: newEmail, nickname: 'A' });
step('update', await call((done) => ann.updateAttributes(updates, done)));
const first = await code(newEmail, 'attribute');
const verify = (secret) => outcome((callbacks) => ann.verifyAttribute('email', secret, callbacks));
step('verify wrong', await refusal(() => verify(wrong(first))));
step('send again', await outcome((callbacks) => ann.getAttributeVerificationCode('email', callbacks)));
step('verify', await verify(await code(newEmail, 'attribute')));
step('delete attribute', await call((done) => ann.deleteAttributes(['nickname'], done)));
step('attributes', await read(ann));

const change = (from, to) => call((done) => ann.changePassword(from, to, done));
step('change with wrong password', await refusal(() => change('Wrong-horse-7', secondPassword)));
step('change to weak password', await refusal(() => change(password, 'no-digits-At-all')));
step('change', await change(password, secondPassword));
step('old password', await refusal(() => signIn(user(), password)));
step('changed password', await signIn(user(), secondPassword));

step('forgot', await outcome((callbacks) => user().forgotPassword(callbacks)));
const recovery = await code(username, 'recovery');
const recover = (secret) => outcome((callbacks) => user().confirmPassword(secret, thirdPassword, callbacks));
step('forgot wrong', await refusal(() => recover(wrong(recovery))));
step('forgot confirm', await recover(recovery));
step('before the reset', await refusal(() => signIn(user(), secondPassword)));
step('after the reset', await signIn(ann, thirdPassword));

step('delete', await call((done) => ann.deleteUser(done)));
step('sign in deleted', await refusal(() => signIn(user(), thirdPassword)));
