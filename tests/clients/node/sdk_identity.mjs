/** The AWS SDK for JavaScript, v3, and identity pools: its credential provider, as a guest and with a login. */
import { fromCognitoIdentityPool } from '@aws-sdk/credential-providers';
import { claims, given, refusal, step } from './lib.mjs';

const clientConfig = { endpoint: given.url, region: 'us-east-1' };
const storage = new Map();
const cache = {
  getItem: async (key) => storage.get(key) ?? null,
  setItem: async (key, value) => void storage.set(key, value),
  removeItem: async (key) => void storage.delete(key),
};

async function credentials(more = {}) {
  const provider = fromCognitoIdentityPool({ identityPoolId: given.identityPoolId, clientConfig, cache, ...more });
  const made = await provider();
  return { ...made, expiration: made.expiration.getTime(), told: claims(made.sessionToken) };
}

step('guest', await credentials());
step('guest again', await credentials());
const logins = { [given.provider]: given.idToken };
step('signed in', await credentials({ logins, userIdentifier: 'ann' }));
step('signed in again', await credentials({ logins, userIdentifier: 'ann' }));
step('role', await credentials({ logins, userIdentifier: 'ann', customRoleArn: given.role }));
step('forged', await refusal(() =>
  credentials({ logins: { [given.provider]: `${given.idToken.slice(0, -8)}AAAAAAAA` }, userIdentifier: 'eve' })));
step('unknown pool', await refusal(() =>
  credentials({ identityPoolId: 'us-east-1:00000000-0000-4000-8000-000000000000', userIdentifier: 'x' })));
