/** amazon-cognito-identity-js: how each refusal is told. A row is a list of calls, of which the last is refused. */
import { CognitoUser, CognitoUserPool } from 'amazon-cognito-identity-js';
import { attributes, call, outcome, signIn, storage } from './identity_setup.mjs';
import { advance, given, step } from './lib.mjs';

let pool;
let who;
const user = (username) =>
  (who = username ? new CognitoUser({ Username: username, Pool: pool, Storage: storage }) : who);
const client = (ClientId) => {
  pool = new CognitoUserPool({ UserPoolId: given.poolId, ClientId, endpoint: given.url, Storage: storage });
};

const acts = {
  advance,
  client,
  signUp: (username, password, values) =>
    call((done) => pool.signUp(username, password, attributes(values ?? {}), null, done)),
  confirmSignUp: (username, code) => call((done) => user(username).confirmRegistration(code, false, done)),
  resend: (username) => call((done) => user(username).resendConfirmationCode(done)),
  signIn: (username, password) => signIn(user(username), password, 'USER_PASSWORD_AUTH'),
  answer: (code) => outcome((callbacks) => user().sendMFACode(code, callbacks, 'SOFTWARE_TOKEN_MFA')),
  forgot: (username) => outcome((callbacks) => user(username).forgotPassword(callbacks)),
  confirmForgot: (username, code, password) =>
    outcome((callbacks) => user(username).confirmPassword(code, password, callbacks)),
  change: (before, after) => call((done) => user().changePassword(before, after, done)),
  update: (values) => call((done) => user().updateAttributes(attributes(values), done)),
  verify: (name, code) => outcome((callbacks) => user().verifyAttribute(name, code, callbacks)),
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
  client(given.clientId);
  const [last, ...input] = calls.pop();
  for (const [act, ...values] of calls) await acts[act](...values);
  step(name, await refusal(() => acts[last](...input)));
}
