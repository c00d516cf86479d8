/** Amplify 5: an invited user, an authenticator app, and devices. */
import { advance, given, refusal, step, totp, wrong } from '../node/lib.mjs';
import { asked, Auth, payloads } from './setup.mjs';

const { username, password, temporaryPassword } = given;

const invited = await Auth.signIn(username, temporaryPassword);
step('invited', asked(invited));
step('weak password', await refusal(() => Auth.completeNewPassword(invited, 'short', { name: 'Ann' })));
const again = await Auth.signIn(username, temporaryPassword);
step('new password', asked(await Auth.completeNewPassword(again, password, { name: 'Ann' })));

const ann = await Auth.currentAuthenticatedUser();
const secret = await Auth.setupTOTP(ann);
step('prefer unverified', await refusal(() => Auth.setPreferredMFA(ann, 'TOTP')));
step('verify wrong', await refusal(async () => Auth.verifyTotpToken(ann, wrong(await totp(secret)))));
step('verify', await Auth.verifyTotpToken(ann, await totp(secret)));
step('prefer', await Auth.setPreferredMFA(ann, 'TOTP'));
step('preferred', await Auth.getPreferredMFA(ann, { bypassCache: true }));
await Auth.signOut();

await advance(60);
const challenged = await Auth.signIn(username, password);
step('challenge', asked(challenged).challengeName);
const right = await totp(secret);
const answer = (code) => Auth.confirmSignIn(challenged, code, 'SOFTWARE_TOKEN_MFA');
step('wrong code', await refusal(() => answer(wrong(right))));
step('right code', (await answer(right)).username);
step('payloads', payloads(await Auth.currentSession()));

step('remember', await Auth.rememberDevice());
step('devices', await Auth.fetchDevices());
await Auth.signOut();
step('remembered', asked(await Auth.signIn(username, password)));
step('forget', (await Auth.forgetDevice()) ?? null);
step('no devices', await Auth.fetchDevices());
await Auth.signOut();
step('forgotten', asked(await Auth.signIn(username, password)).challengeName);
