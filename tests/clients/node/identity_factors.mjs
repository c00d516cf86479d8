/** amazon-cognito-identity-js: factors of a signed-in user, of a choice, and of a user who has to set one up. */
import { call, outcome, payloads, signIn, user } from './identity_setup.mjs';
import { advance, code, given, refusal, step, totp, wrong } from './lib.mjs';

const { password, invited, temporaryPassword } = given;
const TOTP = 'SOFTWARE_TOKEN_MFA';

const associate = async (who) => (await outcome((callbacks) => who.associateSoftwareToken(callbacks))).values[0];
const verify = (who, secret) => outcome((callbacks) => who.verifySoftwareToken(secret, 'Phone', callbacks));
const send = (who, secret, type) => outcome((callbacks) => who.sendMFACode(secret, callbacks, type));
const prefer = (who, sms, software) => call((done) => who.setUserMfaPreference(sms, software, done));
const on = (PreferredMfa) => ({ Enabled: true, PreferredMfa });

const ann = user();
step('sign in', await signIn(ann, password));
const secret = await associate(ann);
step('prefer unverified', await refusal(() => prefer(ann, null, on(true))));
step('verify wrong', await refusal(async () => verify(ann, wrong(await totp(secret)))));
step('verify', await verify(ann, await totp(secret)));
step('prefer', await prefer(ann, null, on(true)));

await advance(60);
const again = user();
step('challenge', await signIn(again, password));
const right = await totp(secret);
step('wrong code', await refusal(() => send(again, wrong(right), TOTP)));
step('right code', await send(again, right, TOTP));
step('payloads', payloads(again));
const another = user();
await signIn(another, password);
step('spent code', await refusal(() => send(another, right, TOTP)));

await prefer(again, on(false), on(false));
const choosing = user();
step('selection', await signIn(choosing, password));
step('select sms', await outcome((callbacks) => choosing.sendMFASelectionAnswer('SMS_MFA', callbacks)));
const texted = await code(given.username, 'mfa');
step('wrong sms', await refusal(() => send(choosing, wrong(texted))));
step('right sms', await send(choosing, texted));

const bob = user(invited);
step('invited', await signIn(bob, temporaryPassword));
const choose = (to, values) => outcome((callbacks) => bob.completeNewPasswordChallenge(to, values, callbacks));
step('without attribute', await refusal(() => choose(password, {})));
await signIn(bob, temporaryPassword);
step('new password', await choose(password, { name: 'Bob' }));
step('signed in with it', await signIn(user(invited), password));
