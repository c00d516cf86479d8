/** amazon-cognito-identity-js: custom challenges without a password and after one, and functions that refuse. */
import { AuthenticationDetails } from 'amazon-cognito-identity-js';
import { outcome, payloads, user } from './identity_setup.mjs';
import { given, refusal, step } from './lib.mjs';

const { username: Username, password } = given;
const data = (more) => new AuthenticationDetails({ Username, ...more });
const begin = (who, more) => outcome((callbacks) => who.initiateAuth(data(more), callbacks));
const answer = (who, text, metadata) =>
  outcome((callbacks) => who.sendCustomChallengeAnswer(text, callbacks, metadata));

const ann = user();
step('question', await begin(ann, { ValidationData: { from: 'initiateAuth' } }));
step('wrong answer', await answer(ann, 'wrong', { from: 'first answer' }));
step('right answer', await answer(ann, 'answer 1', { from: 'second answer' }));
step('payloads', payloads(ann));

const guessing = user();
await begin(guessing);
await answer(guessing, 'wrong');
await answer(guessing, 'wrong');
step('three wrong answers', await refusal(() => answer(guessing, 'wrong')));

const again = user();
again.setAuthenticationFlowType('CUSTOM_AUTH');
const authenticate = (Password, more) =>
  outcome((callbacks) => again.authenticateUser(data({ Password, ...more }), callbacks));
step('wrong password', await refusal(() => authenticate('Wrong-horse-7')));
step('password', await authenticate(password, { ClientMetadata: { from: 'authenticateUser' } }));
step('wrong answer after the password', await answer(again, 'wrong'));
step('right answer after the password', await answer(again, 'answer 3'));
step('payloads after the password', payloads(again));
const direct = user();
direct.setAuthenticationFlowType('CUSTOM_AUTH');
const inner = (callbacks) => direct.authenticateUserDefaultAuth(data({ Password: password }), callbacks);
step('by its inner name', await outcome(inner));

const broken = user();
await begin(broken);
step('refused by Verify', await refusal(() => answer(broken, 'break')));
const refused = { ClientMetadata: { refuse: 'yes' } };
step('refused by PreAuthentication', await refusal(() => authenticate(password, refused)));
