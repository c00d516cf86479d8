/** amazon-cognito-identity-js: a remembered device, as with Amplify, but its key is sent with the first request. */
import { call, outcome, payloads, signIn, user } from './identity_setup.mjs';
import { advance, given, step, totp } from './lib.mjs';

const { password, secret } = given;

async function answer(who) {
  const code = await totp(secret);
  const result = await outcome((callbacks) => who.sendMFACode(code, callbacks, 'SOFTWARE_TOKEN_MFA'));
  await advance(60);
  return result;
}

const first = user();
step('first', await signIn(first, password));
step('first code', await answer(first));
step('payloads', payloads(first));
const listed = async () => (await outcome((callbacks) => first.listDevices(10, null, callbacks))).values[0].Devices.length;
step('not listed', await listed());
step('remember', await outcome((callbacks) => first.setDeviceStatusRemembered(callbacks)));
step('listed', await listed());

const again = user();
step('remembered', await signIn(again, password));
step('remembered payloads', payloads(again));
await call((done) => again.refreshSession(again.getSignInUserSession().getRefreshToken(), done));
step('refreshed', payloads(again));
step('forget', await outcome((callbacks) => again.forgetDevice(callbacks)));
const last = user();
step('forgotten', await signIn(last, password));
step('last code', await answer(last));
