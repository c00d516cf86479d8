/** openid-client: discovery, code with PKCE, userInfo, refresh, revocation, client credentials, registration. */
import * as client from 'openid-client';
import { given, refusal, step } from './lib.mjs';
import { signIn } from './oauth_browser.mjs';

const issuer = new URL(`${given.url}/${given.poolId}`);
const insecure = { execute: [client.allowInsecureRequests] };
const redirect_uri = given.callback;

async function codeFlow(config, scope) {
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const nonce = client.randomNonce();
  const code_challenge = await client.calculatePKCECodeChallenge(verifier);
  const parameters = { redirect_uri, scope, state, nonce, code_challenge, code_challenge_method: 'S256' };
  const back = await signIn(client.buildAuthorizationUrl(config, parameters), 'ann', given.password);
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
  const tokens = await client.authorizationCodeGrant(config, back, checks);
  return { tokens, again: () => client.authorizationCodeGrant(config, back, checks) };
}

const config = await client.discovery(issuer, given.clientId, undefined, client.None(), insecure);
step('server', config.serverMetadata());

const { tokens, again } = await codeFlow(config, 'openid email');
step('claims', tokens.claims());
step('answer', { type: tokens.token_type, expires: tokens.expires_in, refresh: Boolean(tokens.refresh_token) });
step('userinfo', await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub));
step('code twice', await refusal(again));

const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
step('refreshed', { sub: refreshed.claims().sub, new: refreshed.access_token !== tokens.access_token });

await client.tokenRevocation(config, tokens.refresh_token);
step('after revocation', await refusal(() => client.refreshTokenGrant(config, tokens.refresh_token)));
step('userinfo after', await refusal(() => client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)));

const end = client.buildEndSessionUrl(config, { logout_uri: given.bye });
const left = await fetch(end, { redirect: 'manual' });
step('logout', { status: left.status, location: left.headers.get('location') });

const machine = await client.discovery(issuer, given.machine.id, given.machine.secret, undefined, insecure);
step('machine', await client.clientCredentialsGrant(machine, { scope: 'api/read' }));
const basic = client.ClientSecretBasic(given.machine.secret);
const other = await client.discovery(issuer, given.machine.id, given.machine.secret, basic, insecure);
step('machine by header', Boolean((await client.clientCredentialsGrant(other)).access_token));
step('wrong scope', await refusal(() => client.clientCredentialsGrant(machine, { scope: 'api/none' })));

const metadata = { redirect_uris: [redirect_uri], client_name: 'registered' };
const registered = await client.dynamicClientRegistration(issuer, metadata, undefined, insecure);
step('registered', registered.clientMetadata());
const own = await codeFlow(registered, 'openid');
step('registered signs in', own.tokens.claims().aud === registered.clientMetadata().client_id);
