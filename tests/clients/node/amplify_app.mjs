/** An app in a browser: Amplify, set up by the page's `settings`, its functions to be called as `app`. */
import { Amplify } from 'aws-amplify';
import {
  associateWebAuthnCredential,
  confirmSignIn,
  deleteWebAuthnCredential,
  fetchAuthSession,
  getCurrentUser,
  listWebAuthnCredentials,
  signIn,
  signInWithRedirect,
  signOut,
} from 'aws-amplify/auth';
import { Hub } from 'aws-amplify/utils';

const failures = [];
const state = document.querySelector('output');

async function show() {
  try {
    state.textContent = `signed in: ${(await getCurrentUser()).username}`;
  } catch (error) {
    state.textContent = `signed out: ${error.name}`;
  }
}

function told(error) {
  failures.push(String(error));
}

Hub.listen('auth', ({ payload }) => {
  if (payload.event === 'signInWithRedirect') show();
  if (payload.event.endsWith('_failure')) told(payload.data?.error ?? payload.event);
});
Amplify.configure(JSON.parse(document.querySelector('#settings').textContent));
document.querySelector('#in').addEventListener('click', () => signInWithRedirect({ customState: 'a basket' }).catch(told));
document.querySelector('#out').addEventListener('click', () => signOut().catch(told));

window.app = {
  failures,
  associateWebAuthnCredential,
  confirmSignIn,
  deleteWebAuthnCredential,
  getCurrentUser,
  listWebAuthnCredentials,
  signIn,
  signOut: () => signOut(),
  tokens: async () => {
    const { tokens } = await fetchAuthSession();
    return tokens ? { access: String(tokens.accessToken), id: tokens.idToken.payload } : null;
  },
};
show();
