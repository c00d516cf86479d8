/** aws-jwt-verify: its Cognito verifier with cached keys, and its general one with keys that it fetches here. */
import { CognitoJwtVerifier, JwtVerifier } from 'aws-jwt-verify';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import { given, refusal, step } from './lib.mjs';

const { poolId, clientId, issuer } = given;
const jwks = await (await fetch(`${given.url}/${poolId}/.well-known/jwks.json`)).json();

/** The library's own fetcher takes https only. No key may be asked for anywhere but here. */
async function fetchHere(uri) {
  if (!uri.startsWith(given.url)) throw new Error(`would fetch ${uri}`);
  return (await fetch(uri)).arrayBuffer();
}

function verifier(tokenUse, options = {}) {
  const jwksCache = new SimpleJwksCache({ fetcher: { fetch: fetchHere } });
  if (issuer) {
    const audience = tokenUse === 'id' ? clientId : null;
    return JwtVerifier.create({ issuer, audience, jwksUri: `${issuer}/.well-known/jwks.json` }, { jwksCache });
  }
  // It computes AWS's issuer, and where AWS's keys are.
  const made = CognitoJwtVerifier.create({ userPoolId: poolId, clientId, tokenUse, ...options }, { jwksCache });
  made.cacheJwks(jwks);
  return made;
}

const tamper = (token) => {
  const [head, body, signature] = token.split('.');
  const claims = { ...JSON.parse(Buffer.from(body, 'base64url')), username: 'bob' };
  return [head, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
};

for (const use of ['id', 'access']) {
  step(use, await verifier(use).verify(given[use]));
  step(`tampered ${use}`, await refusal(() => verifier(use).verify(tamper(given[use]))));
  step(`expired ${use}`, await refusal(() => verifier(use).verify(given.expired[use])));
  step(`foreign ${use}`, await refusal(() => verifier(use).verify(given.foreign[use])));
}
if (!issuer) {
  step('id as access', await refusal(() => verifier('access').verify(given.id)));
  step('another client', await refusal(() => verifier('id', { clientId: 'another' }).verify(given.id)));
  step('group', (await verifier('access', { groups: 'admins' }).verify(given.access))['cognito:groups']);
  step('another group', await refusal(() => verifier('access', { groups: 'owners' }).verify(given.access)));
  step('scope', (await verifier('access', { scope: 'aws.cognito.signin.user.admin' }).verify(given.access)).scope);
}
