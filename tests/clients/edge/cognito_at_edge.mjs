/**
 * cognito-at-edge in front of a website: sign-in, a page, refresh, sign-out. A browser of few lines follows its
 * redirects to the hosted pages and fills in their form.
 */
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { Authenticator } from 'cognito-at-edge';
import { reach } from './amazon.mjs';

const given = JSON.parse(readFileSync(0, 'utf8'));
const step = (name, value) => process.stdout.write(`${JSON.stringify({ step: name, value: value ?? null })}\n`);
if (given.tlsPort) reach(given.tlsPort); // else by the emulator's proxy

const site = 'd111111abcdef8.cloudfront.net';
const paths = given.csrf
  ? { parseAuthPath: '/parse', csrfProtection: { nonceSigningSecret: 'a secret of the test' } }
  : {};
const edge = new Authenticator({
  region: given.region,
  userPoolId: given.poolId,
  userPoolAppId: given.clientId,
  userPoolAppSecret: given.secret ?? undefined,
  userPoolDomain: given.domain,
  logoutConfiguration: { logoutUri: '/sign-out', logoutRedirectUri: `https://${site}/bye` },
  ...paths,
});

/** What the browser keeps, by host. */
const jars = new Map();
const jar = (host) => jars.get(host) ?? jars.set(host, new Map()).get(host);
const cookies = (host) => [...jar(host)].map(([name, value]) => `${name}=${value}`).join('; ');

function keep(host, lines) {
  for (const line of lines ?? []) {
    const [pair, ...attributes] = line.split('; ');
    const at = pair.indexOf('=');
    const until = attributes.find((one) => /^expires=/i.test(one));
    const gone = (until && new Date(until.slice(8)) <= new Date()) || attributes.some((one) => /^max-age=0$/i.test(one));
    if (gone) jar(host).delete(pair.slice(0, at));
    else jar(host).set(pair.slice(0, at), pair.slice(at + 1));
  }
}

/** The website's answer: the function's redirect, or the request that CloudFront would hand on. */
async function visit(uri, querystring = '', handler = 'handle') {
  const headers = { host: [{ key: 'Host', value: site }] };
  if (jar(site).size) headers.cookie = [{ key: 'Cookie', value: cookies(site) }];
  const answer = await edge[handler]({ Records: [{ cf: { request: { uri, querystring, headers } } }] });
  keep(site, answer.headers?.['set-cookie']?.map((one) => one.value));
  return { status: answer.status ?? 'forwarded', location: answer.headers?.location?.[0].value ?? null, body: answer.body };
}

/** A request to the user pool's domain. */
function ask(url, form) {
  const { host, pathname, search } = new URL(url);
  const headers = { cookie: cookies(host) };
  if (form) headers['content-type'] = 'application/x-www-form-urlencoded';
  return new Promise((resolve, reject) => {
    const request = https.request({ host, path: pathname + search, method: form ? 'POST' : 'GET', headers }, (answer) => {
      keep(host, answer.headers['set-cookie']);
      let text = '';
      answer.on('data', (part) => (text += part));
      answer.on('end', () => {
        const to = answer.headers.location;
        resolve({ status: answer.statusCode, location: to ? new URL(to, url).href : null, text });
      });
    });
    request.on('error', reject);
    request.end(form ? new URLSearchParams(form).toString() : undefined);
  });
}

const first = await visit('/private/page.html', 'a=1');
const wanted = new URL(first.location);
step('sent to', { status: first.status, host: wanted.host, path: wanted.pathname });

let page = await ask(first.location);
step('the endpoint', { status: page.status, path: new URL(page.location).pathname });
let url = page.location;
page = await ask(url);
const token = jar(given.domain).get('XSRF-TOKEN');
page = await ask(url, { _csrf: token, username: 'ann', password: given.password });
const back = new URL(page.location);
step('back', { status: page.status, origin: back.origin, path: back.pathname });

const signedIn = await visit(back.pathname, back.search.slice(1), given.csrf ? 'handleParseAuth' : 'handle');
step('signed in', { status: signedIn.status, location: signedIn.location, body: signedIn.body });
step('cookies', [...jar(site).keys()].map((name) => name.split('.').pop()).sort());
step('the page', await visit('/private/page.html'));

// Later its ID token does no more (here it is another client's), and the refresh token gets a new one.
const named = (end) => [...jar(site).keys()].find((name) => name.endsWith(end));
const old = jar(site).get(named('.idToken'));
jar(site).set(named('.idToken'), given.stale);
const refreshed = await visit('/private/page.html');
step('refreshed', { ...refreshed, new: ![old, given.stale].includes(jar(site).get(named('.idToken'))) });
step('the page again', await visit('/private/page.html'));

const refresh = jar(site).get(named('.refreshToken'));
step('signed out', await visit('/sign-out'));
step('cookies left', [...jar(site).keys()]);
jar(site).set(`CognitoIdentityServiceProvider.${given.clientId}.ann.idToken`, given.stale);
jar(site).set(`CognitoIdentityServiceProvider.${given.clientId}.ann.refreshToken`, refresh);
const again = await visit('/private/page.html');
step('a revoked refresh token', { status: again.status, path: again.location && new URL(again.location).pathname });
