/** The AWS SDK for JavaScript, v3: signed and unsigned calls, error classes, times, pages. */
import {
  AdminGetUserCommand, CognitoIdentityProviderClient, InitiateAuthCommand, paginateListUsers, UserNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider';
import { claims, given, refusal, step } from './lib.mjs';

const { poolId, clientId, username, password } = given;
const client = new CognitoIdentityProviderClient({
  endpoint: given.url,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

const user = await client.send(new AdminGetUserCommand({ UserPoolId: poolId, Username: username }));
step('user', { ...user, $metadata: undefined, UserCreateDate: user.UserCreateDate.getTime() });
step('request id', user.$metadata.requestId);
step('unknown user', await client.send(new AdminGetUserCommand({ UserPoolId: poolId, Username: 'nobody' })).catch(
  (error) => ({ modelled: error instanceof UserNotFoundException, name: error.name, message: error.message,
    status: error.$metadata.httpStatusCode, attempts: error.$metadata.attempts })));

const signIn = (PASSWORD) =>
  client.send(new InitiateAuthCommand({
    AuthFlow: 'USER_PASSWORD_AUTH', ClientId: clientId, AuthParameters: { USERNAME: username, PASSWORD },
  }));
step('wrong password', await refusal(() => signIn('Wrong-horse-7')));
const { AuthenticationResult } = await signIn(password);
step('tokens', { ...AuthenticationResult, access: claims(AuthenticationResult.AccessToken) });

const names = [];
for await (const page of paginateListUsers({ client, pageSize: 2 }, { UserPoolId: poolId })) {
  names.push(page.Users.map(({ Username }) => Username));
}
step('pages', names);
