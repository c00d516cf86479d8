/** Amplify 5: custom challenges without a password and after one. */
import { given, refusal, step } from '../node/lib.mjs';
import { asked, Auth, configure, payloads } from './setup.mjs';

const { username, password } = given;
const answer = (user, text, metadata) => Auth.sendCustomChallengeAnswer(user, text, metadata);

const user = await Auth.signIn(username, undefined, { from: 'signIn' });
step('question', asked(user));
step('wrong answer', asked(await answer(user, 'wrong', { from: 'first answer' })));
step('right answer', asked(await answer(user, 'answer 1', { from: 'second answer' })));
step('payloads', payloads(await Auth.currentSession()));
await Auth.signOut();

const guessing = await Auth.signIn(username);
await answer(guessing, 'wrong');
await answer(guessing, 'wrong');
step('three wrong answers', await refusal(() => answer(guessing, 'wrong')));

configure({ authenticationFlowType: 'CUSTOM_AUTH' });
step('wrong password', await refusal(() => Auth.signIn(username, 'Wrong-horse-7')));
const proved = await Auth.signIn(username, password);
step('password', asked(proved));
step('wrong answer after the password', asked(await answer(proved, 'wrong')));
step('right answer after the password', asked(await answer(proved, 'answer 3')));
step('payloads after the password', payloads(await Auth.currentSession()));
