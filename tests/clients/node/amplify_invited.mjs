/** Amplify: a user whom an administrator made, who has to choose a password and set up an authenticator app. */
import { confirmSignIn, signIn } from 'aws-amplify/auth';
import { payloads, signInAgain } from './amplify_setup.mjs';
import { advance, given, refusal, step, totp, wrong } from './lib.mjs';

const { username, temporaryPassword, password } = given;

step('sign in', await signIn({ username, password: temporaryPassword }));
const userAttributes = { name: 'Ann' };
step('weak password', await refusal(() => confirmSignIn({ challengeResponse: 'short', options: { userAttributes } })));
step('fresh sign in', await signInAgain({ username, password: temporaryPassword }));
step('without attribute', await refusal(() => confirmSignIn({ challengeResponse: password })));
await signInAgain({ username, password: temporaryPassword });
const setup = await confirmSignIn({ challengeResponse: password, options: { userAttributes } });
const secret = setup.nextStep.totpSetupDetails.sharedSecret;
step('set up', setup.nextStep.signInStep);
step('wrong code', await refusal(async () => confirmSignIn({ challengeResponse: wrong(await totp(secret)) })));
step('right code', await confirmSignIn({ challengeResponse: await totp(secret) }));
step('payloads', await payloads());

await advance(60);
step('temporary password', await refusal(() => signInAgain({ username, password: temporaryPassword })));
step('next time', await signIn({ username, password }));
step('next code', await confirmSignIn({ challengeResponse: await totp(secret) }));
