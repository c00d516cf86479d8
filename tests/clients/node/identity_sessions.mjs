/** amazon-cognito-identity-js: tokens are refreshed, and stop working after a sign-out. */
import { call, outcome, payloads, read, signIn, user } from './identity_setup.mjs';
import { advance, given, refusal, step } from './lib.mjs';

const { password } = given;
const refresh = (who, token) => call((done) => who.refreshSession(token, done));

const ann = user();
step('password flow', await signIn(user(), password, 'USER_PASSWORD_AUTH'));
step('sign in', await signIn(ann, password));
const token = ann.getSignInUserSession().getRefreshToken();
step('payloads', payloads(ann));
await advance(2);
await refresh(ann, token);
step('refreshed', payloads(ann));
await advance(3601);
step('expired', await refusal(() => read(ann)));
await refresh(ann, token);
step('refreshed when expired', payloads(ann));
step('attributes', await read(ann));

const signedOut = ann.getSignInUserSession();
step('sign out', await call((done) => ann.signOut(done)));
const here = user();
const elsewhere = user();
await signIn(here, password);
await signIn(elsewhere, password);
const held = [['after sign-out', ann, signedOut]];
for (const [place, who] of [['here', here], ['elsewhere', elsewhere]]) held.push([place, who, who.getSignInUserSession()]);
step('global sign-out', await outcome((callbacks) => here.globalSignOut(callbacks)));
for (const [place, who, session] of held) {
  who.setSignInUserSession(session);
  step(`attributes ${place}`, await refusal(() => read(who)));
}
// All at once: this client repeats a refused refresh for six seconds before it gives up.
const refusals = held.map(([, who, session]) => refusal(() => refresh(who, session.getRefreshToken())));
for (const [index, [place]] of held.entries()) step(`refresh ${place}`, await refusals[index]);
step('sign in afterwards', await signIn(user(), password));
