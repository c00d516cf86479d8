/** Amplify: how each refusal is told. A row is a list of calls, of which the last is refused. */
import { Amplify } from 'aws-amplify';
import * as auth from 'aws-amplify/auth';
import './amplify_setup.mjs';
import { advance, given, refusal, step } from './lib.mjs';

const settings = Amplify.getConfig();
const configured = (userPoolClientId) => ({ Auth: { Cognito: { ...settings.Auth.Cognito, userPoolClientId } } });

const acts = {
  advance,
  client: (clientId) => Amplify.configure(configured(clientId)),
  signUp: (username, password, userAttributes) => auth.signUp({ username, password, options: { userAttributes } }),
  confirmSignUp: (username, confirmationCode) => auth.confirmSignUp({ username, confirmationCode }),
  resend: (username) => auth.resendSignUpCode({ username }),
  signIn: (username, password) => auth.signIn({ username, password, options: { authFlowType: 'USER_PASSWORD_AUTH' } }),
  answer: (challengeResponse) => auth.confirmSignIn({ challengeResponse }),
  forgot: (username) => auth.resetPassword({ username }),
  confirmForgot: (username, confirmationCode, newPassword) =>
    auth.confirmResetPassword({ username, confirmationCode, newPassword }),
  change: (oldPassword, newPassword) => auth.updatePassword({ oldPassword, newPassword }),
  update: (userAttributes) => auth.updateUserAttributes({ userAttributes }),
  verify: (userAttributeKey, confirmationCode) => auth.confirmUserAttribute({ userAttributeKey, confirmationCode }),
};

for (const [name, calls] of given.rows) {
  await auth.signOut();
  acts.client(given.clientId);
  const [last, ...input] = calls.pop();
  for (const [act, ...values] of calls) await acts[act](...values);
  step(name, await refusal(() => acts[last](...input)));
}
