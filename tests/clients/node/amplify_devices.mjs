/** Amplify: a remembered device proves itself by a secret of its own, and the authenticator app is not asked for. */
import { confirmSignIn, fetchDevices, forgetDevice, rememberDevice, signIn } from 'aws-amplify/auth';
import { payloads, signInAgain } from './amplify_setup.mjs';
import { advance, given, step, totp } from './lib.mjs';

const { username, password, secret } = given;
// Amplify names a device after its browser and confirms none that it cannot name; Node has this since version 21.
globalThis.navigator ??= { userAgent: 'Node' };

async function answer() {
  const result = await confirmSignIn({ challengeResponse: await totp(secret) });
  await advance(60);
  return result;
}

step('first', await signIn({ username, password }));
step('first code', await answer());
step('device key', (await payloads()).access.device_key);
step('no devices', await fetchDevices());
step('not remembered', await signInAgain({ username, password }));
step('second code', await answer());
await rememberDevice();
step('devices', await fetchDevices());
step('remembered', await signInAgain({ username, password }));
step('remembered payloads', await payloads());
step('refreshed', await payloads({ forceRefresh: true }));
await forgetDevice();
step('forgotten', await signInAgain({ username, password }));
step('third code', await answer());
