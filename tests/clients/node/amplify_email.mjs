/** Amplify: e-mail MFA, preferred by a signed-in user, and set up inside a sign-in. */
import { confirmSignIn, fetchMFAPreference, fetchUserAttributes, signIn, updateMFAPreference } from 'aws-amplify/auth';
import { payloads, signInAgain } from './amplify_setup.mjs';
import { code, given, refusal, step, wrong } from './lib.mjs';

const { username, password, email } = given;

step('sign in', await signIn({ username, password }));
step('choose email', await confirmSignIn({ challengeResponse: 'EMAIL' }));
step('no address', await refusal(() => confirmSignIn({ challengeResponse: 'nonsense' })));
step('address', await confirmSignIn({ challengeResponse: email }));
const first = await code(username, 'mfa');
step('wrong code', await refusal(() => confirmSignIn({ challengeResponse: wrong(first) })));
step('right code', await confirmSignIn({ challengeResponse: first }));
step('payloads', await payloads());
step('attributes', await fetchUserAttributes());
step('preference', await fetchMFAPreference());
await updateMFAPreference({ email: 'PREFERRED' });
step('preferred', await fetchMFAPreference());
step('next time', await signInAgain({ username, password }));
step('next code', await confirmSignIn({ challengeResponse: await code(username, 'mfa') }));
