/** Auth.js: the request handler of @auth/core with its Cognito provider, driven as a browser and an app drive it. */
import { Auth } from '@auth/core';
import Cognito from '@auth/core/providers/cognito';
import { claims, given, step } from './lib.mjs';
import { signIn } from './oauth_browser.mjs';

const { secret: clientSecret, origin } = given;
const complaints = [];
const config = {
  providers: [
    Cognito({
      clientId: given.clientId,
      clientSecret,
      issuer: `${given.url}/${given.poolId}`,
      ...(!clientSecret && { client: { token_endpoint_auth_method: 'none' } }),
      checks: ['pkce', 'state', 'nonce'],
    }),
  ],
  secret: 'a secret of the app, long enough',
  trustHost: true,
  basePath: '/auth',
  logger: { error: (error) => complaints.push(error.cause?.err?.error ?? error.cause?.err?.message ?? error.message), warn() {} },
  callbacks: {
    jwt: ({ token, account, profile }) => (account ? { ...token, tokens: account, profile } : token),
    session: ({ session, token }) => ({ ...session, ...token }),
  },
};

const cookies = new Map();

/** The app's answer at a path of it, in a browser that keeps cookies. */
async function app(path, form) {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const body = form && new URLSearchParams(form);
  const request = new Request(new URL(path, origin), { method: body ? 'POST' : 'GET', body, headers: { cookie } });
  const answer = await Auth(request, config);
  for (const line of answer.headers.getSetCookie()) {
    const [pair] = line.split(';');
    const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
    if (value) cookies.set(name, value);
    else cookies.delete(name);
  }
  return answer;
}

const json = async (path) => (await app(path)).json();
const where = (answer) => answer.headers.get('location');

const callbackUrl = `${origin}/basket`;
const { csrfToken } = await json('/auth/csrf');
const begin = async () => where(await app('/auth/signin/cognito', { csrfToken, callbackUrl }));

const start = await begin();
step('request', Object.fromEntries(new URL(start).searchParams));
const back = await signIn(start, 'ann', given.password);
step('callback', `${back.origin}${back.pathname}`);
step('landed', where(await app(back.pathname + back.search)));
const { user, tokens, profile } = await json('/auth/session');
step('user', user);
step('profile', profile);
step('access token', claims(tokens.access_token));
step('refreshable', Boolean(tokens.refresh_token));
const about = await fetch(`${given.url}/oauth2/userInfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
step('userInfo', await about.json());
step('signed out', where(await app('/auth/signout', { csrfToken, callbackUrl })));
step('session', await json('/auth/session'));

await begin();
step('an old code', where(await app(back.pathname + back.search)));
const again = await signIn(await begin(), 'ann', given.password);
again.searchParams.set('code', 'forged');
step('a forged code', where(await app(again.pathname + again.search)));
step('complaints', complaints);
