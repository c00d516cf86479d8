/** Amplify: custom challenges without a password and after one, and functions that refuse. */
import { confirmSignIn, signIn } from 'aws-amplify/auth';
import { payloads, signInAgain } from './amplify_setup.mjs';
import { given, refusal, step } from './lib.mjs';

const { username, password } = given;
const wrongPassword = 'Wrong-horse-7';
const without = { authFlowType: 'CUSTOM_WITHOUT_SRP' };
const after = { authFlowType: 'CUSTOM_WITH_SRP' };
const answer = (challengeResponse, clientMetadata) => confirmSignIn({ challengeResponse, options: { clientMetadata } });

step('question', await signIn({ username, options: { ...without, clientMetadata: { from: 'signIn' } } }));
step('wrong answer', await answer('wrong', { from: 'first answer' }));
step('right answer', await answer('answer 1', { from: 'second answer' }));
step('payloads', await payloads());

await signInAgain({ username, options: without });
await answer('wrong');
await answer('wrong');
step('three wrong answers', await refusal(() => answer('wrong')));

const withPassword = (given) => signInAgain({ username, password: given, options: after });
step('wrong password', await refusal(() => withPassword(wrongPassword)));
step('password', await withPassword(password));
step('wrong answer after the password', await answer('wrong'));
step('right answer after the password', await answer('answer 3'));
step('payloads after the password', await payloads());

await signInAgain({ username, options: without });
step('refused by Verify', await refusal(() => answer('break')));
const options = { ...after, clientMetadata: { refuse: 'yes' } };
step('refused by PreAuthentication', await refusal(() => signInAgain({ username, password, options })));
