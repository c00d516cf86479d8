/** Amplify, set up for the given pool, with its tokens in memory. */
import { Amplify } from 'aws-amplify';
import { fetchAuthSession, signIn, signOut } from 'aws-amplify/auth';
import { cognitoUserPoolsTokenProvider } from 'aws-amplify/auth/cognito';
import { given } from './lib.mjs';

export const storage = new Map();

Amplify.configure({
  Auth: {
    Cognito: {
      userPoolId: given.poolId,
      userPoolClientId: given.clientId,
      userPoolEndpoint: given.url,
      ...(given.identityPoolId && {
        identityPoolId: given.identityPoolId,
        identityPoolEndpoint: given.url,
        allowGuestAccess: true,
      }),
    },
  },
});

// After configure, which puts its own storage in place.
cognitoUserPoolsTokenProvider.setKeyValueStorage({
  setItem: async (key, value) => void storage.set(key, value),
  getItem: async (key) => storage.get(key) ?? null,
  removeItem: async (key) => void storage.delete(key),
  clear: async () => storage.clear(),
});

/** The payloads of both tokens that Amplify holds. */
export async function payloads(options) {
  const { tokens } = await fetchAuthSession(options);
  return tokens ? { id: tokens.idToken.payload, access: tokens.accessToken.payload } : null;
}

/** Signs out, so that Amplify lets the next sign-in begin, and signs in again. */
export async function signInAgain(input) {
  await signOut();
  return signIn(input);
}
