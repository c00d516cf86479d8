/** oidc-client-ts: code with PKCE, userInfo, refresh, revocation, sign-out. */
import { InMemoryWebStorage, OidcClient, WebStorageStateStore } from 'oidc-client-ts';
import { given, refusal, step } from './lib.mjs';
import { signIn } from './oauth_browser.mjs';

const client = new OidcClient({
  authority: `${given.url}/${given.poolId}`,
  client_id: given.clientId,
  redirect_uri: given.callback,
  response_type: 'code',
  scope: 'openid email',
  loadUserInfo: true,
  stateStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
});

const request = await client.createSigninRequest({ state: { page: 7 } });
step('request', Object.fromEntries(new URL(request.url).searchParams));
const back = await signIn(request.url, 'ann', given.password);
const answer = await client.processSigninResponse(back.href);
step('profile', answer.profile);
step('state', answer.userState);

const state = { ...answer, profile: answer.profile, scope: answer.scope, data: answer.userState };
const refreshed = await client.useRefreshToken({ state });
step('refreshed', { new: refreshed.access_token !== answer.access_token, sub: refreshed.profile.sub });

await client.revokeToken(answer.refresh_token, 'refresh_token');
step('after revocation', await refusal(() => client.useRefreshToken({ state })));

const extra = { client_id: given.clientId, logout_uri: given.bye };
const out = await client.createSignoutRequest({ extraQueryParams: extra });
const left = await fetch(out.url, { redirect: 'manual' });
step('logout', left.headers.get('location'));
