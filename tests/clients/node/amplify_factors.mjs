/** Amplify: an authenticator app, set up by a signed-in user, then asked for; and a choice of factors. */
import {
  confirmSignIn, fetchMFAPreference, setUpTOTP, signIn, updateMFAPreference, verifyTOTPSetup,
} from 'aws-amplify/auth';
import { payloads, signInAgain } from './amplify_setup.mjs';
import { advance, code, given, refusal, step, totp, wrong } from './lib.mjs';

const { username, password } = given;

step('sign in', await signIn({ username, password }));
const details = await setUpTOTP();
step('set up', { secret: details.sharedSecret, uri: details.getSetupUri('App', username).href });
step('prefer unverified', await refusal(() => updateMFAPreference({ totp: 'PREFERRED' })));
step('verify wrong', await refusal(async () => verifyTOTPSetup({ code: wrong(await totp(details.sharedSecret)) })));
const used = await totp(details.sharedSecret);
step('verify', await verifyTOTPSetup({ code: used }));
step('preference before', await fetchMFAPreference());
step('prefer', await updateMFAPreference({ totp: 'PREFERRED' }));
step('preference', await fetchMFAPreference());

step('challenge', await signInAgain({ username, password }));
step('spent code', await refusal(() => confirmSignIn({ challengeResponse: used })));
await advance(60);
step('fresh challenge', await signInAgain({ username, password }));
const right = await totp(details.sharedSecret);
step('wrong code', await refusal(() => confirmSignIn({ challengeResponse: wrong(right) })));
step('right code', await confirmSignIn({ challengeResponse: right }));
step('payloads', await payloads());

await updateMFAPreference({ sms: 'ENABLED', totp: 'ENABLED' });
await updateMFAPreference({ totp: 'NOT_PREFERRED' });
step('both', await fetchMFAPreference());
step('selection', await signInAgain({ username, password }));
step('select sms', await confirmSignIn({ challengeResponse: 'SMS' }));
const texted = await code(username, 'mfa');
step('wrong sms', await refusal(() => confirmSignIn({ challengeResponse: wrong(texted) })));
step('right sms', await confirmSignIn({ challengeResponse: texted }));

await updateMFAPreference({ sms: 'DISABLED', totp: 'DISABLED' });
step('none', await signInAgain({ username, password }));
