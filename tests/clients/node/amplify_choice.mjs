/** Amplify: signing in by choice with each first factor that needs no browser, and straight from the sign-up. */
import {
  autoSignIn, confirmSignIn, confirmSignUp, fetchUserAttributes, signIn, signOut, signUp,
} from 'aws-amplify/auth';
import { payloads, signInAgain } from './amplify_setup.mjs';
import { code, given, refusal, step, wrong } from './lib.mjs';

const { username, password, email, phone } = given;
const authFlowType = 'USER_AUTH';
const by = (preferredChallenge) => ({ username, options: { authFlowType, preferredChallenge } });

step('choice', await signIn({ username, options: { authFlowType } }));
step('chosen password', await confirmSignIn({ challengeResponse: 'PASSWORD' }));
step('wrong password', await refusal(() => confirmSignIn({ challengeResponse: 'Wrong-horse-7' })));
step('choice again', (await signInAgain({ username, options: { authFlowType } })).nextStep.signInStep);
await confirmSignIn({ challengeResponse: 'PASSWORD' });
step('password', await confirmSignIn({ challengeResponse: password }));
step('payloads', await payloads());

await signInAgain({ username, options: { authFlowType } });
await confirmSignIn({ challengeResponse: 'PASSWORD_SRP' });
step('chosen SRP', await confirmSignIn({ challengeResponse: password }));

step('preferred password', await signInAgain({ ...by('PASSWORD'), password }));
step('preferred SRP', await signInAgain({ ...by('PASSWORD_SRP'), password }));
step('preferred SRP, wrong', await refusal(() => signInAgain({ ...by('PASSWORD_SRP'), password: 'Wrong-horse-7' })));

step('email', await signInAgain(by('EMAIL_OTP')));
const mailed = await code(username, 'otp');
step('wrong email code', await refusal(() => confirmSignIn({ challengeResponse: wrong(mailed) })));
step('email code', await confirmSignIn({ challengeResponse: mailed }));
step('attributes', await fetchUserAttributes());
step('sms', await signInAgain(by('SMS_OTP')));
step('sms code', await confirmSignIn({ challengeResponse: await code(username, 'otp') }));
await signInAgain({ username, options: { authFlowType } });
step('chosen email', await confirmSignIn({ challengeResponse: 'EMAIL_OTP' }));
step('chosen email code', await confirmSignIn({ challengeResponse: await code(username, 'otp') }));
step('no passkey', await signInAgain(by('WEB_AUTHN')));
await signOut();

const options = { userAttributes: { email, phone_number: phone }, autoSignIn: { authFlowType } };
step('sign up', (await signUp({ username: 'newcomer', options })).nextStep.signUpStep);
step('confirm', await confirmSignUp({ username: 'newcomer', confirmationCode: await code('newcomer', 'sign-up') }));
step('auto sign in', await autoSignIn());
// Amplify waits three minutes for a confirmation that came long ago.
process.stdout.write('', () => process.exit(0));
