/** amazon-cognito-identity-js: a pool that requires an authenticator app, which the user sets up inside the sign-in. */
import { outcome, signIn, user } from './identity_setup.mjs';
import { advance, given, refusal, step, totp, wrong } from './lib.mjs';

const ann = user();
step('sign in', await signIn(ann, given.password));
const secret = (await outcome((callbacks) => ann.associateSoftwareToken(callbacks))).values[0];
const verify = (code) => outcome((callbacks) => ann.verifySoftwareToken(code, 'Phone', callbacks));
step('verify wrong', await refusal(async () => verify(wrong(await totp(secret)))));
step('verify', await verify(await totp(secret)));

await advance(60);
const again = user();
step('challenge', await signIn(again, given.password));
const right = await totp(secret);
step('right code', await outcome((callbacks) => again.sendMFACode(right, callbacks, 'SOFTWARE_TOKEN_MFA')));
