/** Amplify with an identity pool: AWS credentials as a guest and signed in, before and after a refresh. */
import { fetchAuthSession, signIn, signOut } from 'aws-amplify/auth';
import './amplify_setup.mjs';
import { advance, claims, given, step } from './lib.mjs';

const { username, password } = given;

/** What Amplify holds: the identity, the credentials, and what their session token tells. */
async function session(options) {
  const { credentials, identityId, userSub } = await fetchAuthSession(options);
  return { identityId, userSub, credentials, told: credentials && claims(credentials.sessionToken) };
}

step('guest', await session());
step('guest again', await session({ forceRefresh: true }));
await signIn({ username, password });
step('signed in', await session());
await advance(2);
step('refreshed', await session({ forceRefresh: true }));
await advance(3600);
step('refreshed when expired', await session({ forceRefresh: true }));
await signOut();
step('another guest', await session());
await signIn({ username, password });
step('signed in again', await session());
await signOut();
await signIn({ username: given.other, password });
step('somebody else', await session());
await signOut();
