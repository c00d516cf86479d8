/** Amplify: tokens are refreshed, and stop working after a sign-out. An e-mail address is the user name. */
import { fetchAuthSession, fetchUserAttributes, getCurrentUser, signIn, signOut } from 'aws-amplify/auth';
import { payloads, storage } from './amplify_setup.mjs';
import { advance, given, refusal, step } from './lib.mjs';

const { username, password } = given;

/** Puts back what Amplify has thrown away: another tab that still holds the tokens. */
function restore(tokens) {
  storage.clear();
  for (const [key, value] of tokens) storage.set(key, value);
}

step('password flow', await signIn({ username, password, options: { authFlowType: 'USER_PASSWORD_AUTH' } }));
await signOut();
step('sign in', await signIn({ username, password }));
step('current user', await getCurrentUser());
step('payloads', await payloads());
await advance(2);
step('refreshed', await payloads({ forceRefresh: true }));
await advance(3600);
step('expired', await refusal(fetchUserAttributes));
step('refreshed when expired', await payloads({ forceRefresh: true }));
step('attributes', await fetchUserAttributes());

let tokens = [...storage];
await signOut();
step('signed out', await payloads());
restore(tokens);
step('attributes after sign-out', await refusal(fetchUserAttributes));
step('refresh after sign-out', (await fetchAuthSession({ forceRefresh: true })).tokens);

await signOut();
await signIn({ username, password });
const elsewhere = [...storage];
storage.clear();
await signIn({ username, password });
tokens = [...storage];
await signOut({ global: true });
for (const [place, kept] of [['here', tokens], ['elsewhere', elsewhere]]) {
  restore(kept);
  step(`attributes ${place}`, await refusal(fetchUserAttributes));
  step(`refresh ${place}`, (await fetchAuthSession({ forceRefresh: true })).tokens);
}
step('sign in afterwards', await signIn({ username, password }));
