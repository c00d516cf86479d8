/** Amplify 5: how each refusal is told. A row is a list of calls, of which the last is refused. */
import { advance, given, step } from '../node/lib.mjs';
import { Auth, configure, storage } from './setup.mjs';

const by = { authenticationFlowType: 'USER_PASSWORD_AUTH' };
let who;

const acts = {
  advance,
  client: (userPoolWebClientId) => configure({ ...by, userPoolWebClientId }),
  signUp: (username, password, attributes) => Auth.signUp({ username, password, attributes }),
  confirmSignUp: (username, code) => Auth.confirmSignUp(username, code),
  resend: (username) => Auth.resendSignUp(username),
  signIn: async (username, password) => (who = await Auth.signIn(username, password)),
  answer: (code) => Auth.confirmSignIn(who, code, 'SOFTWARE_TOKEN_MFA'),
  forgot: (username) => Auth.forgotPassword(username),
  confirmForgot: (username, code, password) => Auth.forgotPasswordSubmit(username, code, password),
  change: (before, after) => Auth.changePassword(who, before, after),
  update: (values) => Auth.updateUserAttributes(who, values),
  verify: (name, code) => Auth.verifyCurrentUserAttributeSubmit(name, code),
};

/** Its errors have a code, too. */
async function refusal(act) {
  try {
    return { accepted: (await act()) ?? null };
  } catch ({ name, code, message }) {
    return { name, code, message };
  }
}

for (const [name, calls] of given.rows) {
  storage.clear();
  configure(by);
  const [last, ...input] = calls.pop();
  for (const [act, ...values] of calls) await acts[act](...values);
  step(name, await refusal(() => acts[last](...input)));
}
