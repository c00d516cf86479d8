/** Our own package for JavaScript: what a test does with it. */
import { addVirtualAuthenticator, EmulatorError, fixtures, start } from '../../../emulator/clients/js/index.js';
import { claims, given, refusal, step } from './lib.mjs';

const cognito = await start({ url: given.url, timeout: 5000 });
step('url', cognito.url);
const [pool] = (await cognito.info()).pools;
step('pool', pool.id);

const session = await cognito.signInAs('alice', { claims: { tenant: 't1' } });
step('session', { pool: session.pool, client: session.client, username: session.username });
step('tenant', claims(session.tokens.IdToken).tenant);
step('items', Object.keys(session.items()));
step('storage state', session.storageState('http://localhost:3000/path').origins[0].origin);
const filled = new Map();
session.fill({ setItem: (key, value) => filled.set(key, value) });
step('filled', filled.size);
step('tokens', Object.keys(await cognito.tokens({ username: 'alice', pool: session.pool, client: session.client })));
step('unknown user', await refusal(() => cognito.signInAs('nobody')));

await cognito.clock.freeze(new Date('2030-01-01T00:00:00Z'));
await cognito.clock.advance(3600);
step('clock', (await cognito.clock.get()).iso);
await cognito.clock.reset();

await cognito.faults.put({ operation: 'InitiateAuth', error: 'TooManyRequestsException', times: 2 });
await cognito.faults.add({ operation: 'SignUp', error: 'TooManyRequestsException' });
step('faults', (await cognito.faults.list()).faults?.length ?? (await cognito.faults.list()).length);
step('refused fault', await refusal(() => cognito.faults.put({ operation: 'Nope' })));
await cognito.faults.clear();

await fetch(cognito.url, {
  method: 'POST',
  headers: {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'AWSCognitoIdentityProviderService.ForgotPassword',
  },
  body: JSON.stringify({ ClientId: session.client, Username: 'alice' }),
});
step('code', await cognito.codeFor('alice@example.com', { type: 'recovery' }));
step('no code', await refusal(() => cognito.codeFor('bob', { wait: 0 })));

await cognito.seed({ UserPools: [{ Id: 'us-east-1_another01', PoolName: 'another' }] });
await cognito.seed('UserPools: [{Id: us-east-1_another02, PoolName: another}]');
step('refused seed', (await refusal(() => cognito.seed('UserPools: [{PoolNam: x}]'))).name);
step('two pools', (await refusal(() => cognito.signInAs('alice'))).message);
await cognito.reset();
step('after the reset', (await cognito.info()).pools.length);

const world = cognito.world('js');
step('world', [(await world.info()).url === `${given.url}/w/js`, world.url]);

process.env.TEST_PARALLEL_INDEX = '3';
const { cognito: fixture } = fixtures({ url: given.url });
for (const name of ['first', 'second']) {
  await fixture({}, async (one) => {
    step(`${name} test`, [one.url, (await one.info()).pools.length]);
    await one.seed({ UserPools: [{ PoolName: 'left behind' }] });
  });
}

const sent = [];
const cdp = { send: async (method) => (sent.push(method), { authenticatorId: '1', credentials: [] }) };
const page = { context: () => ({ newCDPSession: async () => cdp }) };
const authenticator = await addVirtualAuthenticator(page);
step('authenticator', [await authenticator.credentials(), await authenticator.remove(), sent.slice(0, 2)].slice(0, 1));
step('sent', sent);

const nowhere = await refusal(() => start({ url: 'http://127.0.0.1:9', timeout: 50 }));
step('nowhere', [nowhere.name, nowhere.message.split(':')[0]]);
step('its class', new EmulatorError('x') instanceof Error);

const own = await start({
  command: given.command,
  code: '123456',
  seed: { UserPools: [{ Id: 'us-east-1_started01', PoolName: 'started' }] },
});
step('started', (await own.info()).pools.map(({ id }) => id));
await own.stop();
step('stopped', (await refusal(() => own.info())).name);
step('bad flag', (await refusal(() => start({ command: given.command, args: ['--nope'] }))).message.split('\n').at(-2));
step('no command', (await refusal(() => start({ command: ['/no/such/command'] }))).message.split('\n')[0]);

// It ends with this process.
const left = await start({ command: given.command });
step('left', left.url);
