/** aws-jwt-verify: an identity pool's OpenID token, verified by the keys that its issuer publishes. */
import { JwtVerifier } from 'aws-jwt-verify';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import { given, refusal, step } from './lib.mjs';

const { token, audience } = given;
const issuer = `${given.url}/cognito-identity`;
const { jwks_uri: jwksUri } = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();

/** The library's own fetcher takes https only. */
async function fetchHere(uri) {
  if (uri !== jwksUri) throw new Error(`would fetch ${uri}`);
  return (await fetch(uri)).arrayBuffer();
}

const verifier = (audience) =>
  JwtVerifier.create({ issuer, audience, jwksUri }, { jwksCache: new SimpleJwksCache({ fetcher: { fetch: fetchHere } }) });

step('claims', await verifier(audience).verify(token));
step('another pool', await refusal(() => verifier('us-east-1:0').verify(token)));
const [head, , signature] = token.split('.');
const body = Buffer.from(JSON.stringify({ ...claimsOf(token), sub: 'us-east-1:0' })).toString('base64url');
step('tampered', await refusal(() => verifier(audience).verify([head, body, signature].join('.'))));

function claimsOf(jwt) {
  return JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url'));
}
