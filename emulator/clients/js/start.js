/** Start the command, or find a server that runs. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Emulator, EmulatorError } from './emulator.js';

const STEP = 20; // milliseconds
const LAST_LINES = 20;

/** @returns an emulator that is ready. */
export async function start(options = {}) {
  const url = options.url ?? (options.command ? undefined : process.env.COGNITO_EMULATOR_URL);
  const found = url ? await ready(new Emulator(url), options.timeout ?? 30_000) : await run(options);
  return options.world ? found.world(options.world) : found;
}

async function ready(emulator, timeout) {
  const until = Date.now() + timeout;
  for (;;) {
    try {
      await emulator.call('GET', 'ready');
      return emulator;
    } catch (error) {
      if (Date.now() > until) throw error;
      await sleep(STEP);
    }
  }
}

async function run({ command = 'cognito-emulator', args = [], seed, code, port = 0, env = {}, timeout = 30_000 }) {
  const folder = await mkdtemp(join(tmpdir(), 'cognito-emulator-'));
  const file = join(folder, 'ready.json');
  const [program, ...before] = Array.isArray(command) ? command : [command];
  const flags = ['serve', '--port', String(port), '--ready-file', file, '--log-format', 'text', ...args];
  const given = {
    ...process.env,
    ...(seed !== undefined && { COGNITO_EMULATOR_SEED: typeof seed === 'string' ? seed : JSON.stringify(seed) }),
    ...(code !== undefined && { COGNITO_EMULATOR_CODE: code }),
    ...env,
  };
  const child = spawn(program, [...before, ...flags], { env: given, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => lines.splice(0, lines.length, ...[...lines, text].slice(-LAST_LINES)));
    stream.unref();
  }
  let ended = null;
  const gone = new Promise((resolve) => {
    child.once('error', (error) => resolve((ended = error.message)));
    child.once('exit', (status, signal) => resolve((ended = `it ended with ${status ?? signal}`)));
  });
  child.unref();
  const kill = () => child.kill();
  process.once('exit', kill);
  const end = async () => {
    process.off('exit', kill);
    kill();
    if (ended === null) child.ref();
    await gone;
    await rm(folder, { recursive: true, force: true });
  };
  const until = Date.now() + timeout;
  while (ended === null && Date.now() < until) {
    const url = await readyUrl(file);
    if (url) return new Emulator(url, end);
    await sleep(STEP);
  }
  const reason = ended ?? `it is not ready after ${timeout} ms`;
  await end();
  throw new EmulatorError(`${program} cannot be used: ${reason}.\n${lines.join('')}`);
}

async function readyUrl(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8')).url;
  } catch {
    return undefined;
  }
}
