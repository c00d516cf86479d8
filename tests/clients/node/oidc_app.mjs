/** An app in a browser: oidc-client-ts, set up by the page's `settings`, its user manager to be called as `app`. */
import { UserManager, WebStorageStateStore } from 'oidc-client-ts';

const { bye, ...settings } = JSON.parse(document.querySelector('#settings').textContent);
const manager = new UserManager({ ...settings, userStore: new WebStorageStateStore({ store: localStorage }) });
const state = document.querySelector('output');
const told = (error) => {
  state.textContent = `failed: ${error.message}`;
};

async function show() {
  const user = await manager.getUser();
  state.textContent = user ? `signed in: ${user.profile['cognito:username']}` : 'signed out';
}

async function start() {
  if (window.parent !== window) return manager.signinSilentCallback();
  if (new URLSearchParams(location.search).has('state')) {
    await manager.signinRedirectCallback();
    history.replaceState(null, '', '/');
  }
  return show();
}

document.querySelector('#in').addEventListener('click', () => manager.signinRedirect().catch(told));
document.querySelector('#out').addEventListener('click', () =>
  // Cognito's parameters of a sign-out.
  manager.signoutRedirect({ extraQueryParams: { client_id: settings.client_id, logout_uri: bye } }).catch(told),
);

window.app = {
  user: () => manager.getUser(),
  renew: () => manager.signinSilent(),
  async forgetRefreshToken() {
    const user = await manager.getUser();
    delete user.refresh_token;
    await manager.storeUser(user);
  },
  revoke: () => manager.revokeTokens(['refresh_token']),
};
start().catch(told);
