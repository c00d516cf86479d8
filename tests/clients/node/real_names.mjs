/**
 * Libraries with AWS's issuer and host names built in, as they come from npm: nothing tells them of the emulator.
 *
 * The adapter of Next.js imports one class of Next.js, which is not installed: it is large, and a request's cookies are
 * all that the adapter is given here.
 */
import { register } from 'node:module';
import { CognitoIdentityProviderClient, InitiateAuthCommand } from '@aws-sdk/client-cognito-identity-provider';
import { fetchAuthSession } from 'aws-amplify/auth/server';
import { CognitoJwtVerifier } from 'aws-jwt-verify';
import CognitoExpress from 'cognito-express';
import { given, refusal, step } from './lib.mjs';

const next = 'data:text/javascript,export class NextResponse extends Response {}';
const resolve = `export const resolve = (name, context, after) =>
  name === 'next/server.js' ? { url: ${JSON.stringify(next)}, shortCircuit: true } : after(name, context)`;
register(`data:text/javascript,${encodeURIComponent(resolve)}`);
const { createServerRunner } = await import('@aws-amplify/adapter-nextjs');

const { region, poolId, clientId } = given;

// AWS SDK v3, without an endpoint.
const sdk = new CognitoIdentityProviderClient({ region, credentials: { accessKeyId: 'x', secretAccessKey: 'y' } });
const AuthParameters = { USERNAME: 'ann', PASSWORD: given.password };
const signIn = new InitiateAuthCommand({ ClientId: clientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters });
const { AccessToken: access, IdToken: id } = (await sdk.send(signIn)).AuthenticationResult;
step('sdk', { host: (await sdk.config.endpointProvider({ Region: region })).url.host, isSignedIn: Boolean(access) });

// aws-jwt-verify fetches the keys itself.
const verifier = (tokenUse) => CognitoJwtVerifier.create({ userPoolId: poolId, clientId, tokenUse });
step('jwt-verify', [(await verifier('access').verify(access)).username, (await verifier('id').verify(id)).iss]);
step('jwt-verify foreign', (await refusal(() => verifier('id').verify(given.foreign))).message);

// cognito-express fetches them by axios.
const express = (tokenUse) => new CognitoExpress({ region, cognitoUserPoolId: poolId, tokenUse });
step('express', [(await express('access').validate(access)).username, (await express('id').validate(id))['cognito:username']]);
step('express foreign', (await refusal(() => express('id').validate(given.foreign))).message);

// The adapter of Next.js checks the tokens in the cookies of a request.
const Cognito = { userPoolId: poolId, userPoolClientId: clientId };
const { runWithAmplifyServerContext } = createServerRunner({ config: { Auth: { Cognito } } });

async function session(accessToken, idToken) {
  const prefix = `CognitoIdentityServiceProvider.${clientId}`;
  const jar = {
    [`${prefix}.LastAuthUser`]: 'ann',
    [`${prefix}.ann.accessToken`]: accessToken,
    [`${prefix}.ann.idToken`]: idToken,
  };
  const all = Object.entries(jar).map(([name, value]) => ({ name, value }));
  const cookies = async () => ({ getAll: () => all, get: (name) => all.find((one) => one.name === name) });
  const { tokens } = await runWithAmplifyServerContext({ nextServerContext: { cookies }, operation: fetchAuthSession });
  return tokens ? [tokens.accessToken.payload.username, tokens.idToken?.payload.iss ?? null] : null;
}

step('nextjs', await session(access, id));
step('nextjs foreign', await session(given.foreignAccess, given.foreign));
