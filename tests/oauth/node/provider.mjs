/**
 * A real OpenID provider on a free port of this machine. Reads one JSON object from stdin: {callback, clientId, secret};
 * prints {"issuer": …} when it listens, and runs until stdin ends. Its own development pages ask for name and consent.
 */
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import Provider from 'oidc-provider';

console.log = console.info = console.warn = console.error;
const lines = createInterface({ input: process.stdin });
const { value } = await lines[Symbol.asyncIterator]().next();
const given = JSON.parse(value);

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://localhost:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: given.clientId,
        client_secret: given.secret,
        redirect_uris: [given.callback],
        grant_types: ['authorization_code'],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'locale'] },
    cookies: { keys: ['a key for tests alone'] },
    pkce: { required: () => false },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@example.com`, email_verified: true, name: `Name of ${id}` }),
    }),
  });
  server.on('request', provider.callback());
  process.stdout.write(`${JSON.stringify({ issuer })}\n`);
});
lines.on('close', () => process.exit(0));
