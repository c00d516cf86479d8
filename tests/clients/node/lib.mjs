/**
 * What the scripts share. A script gets its setting as one JSON object on stdin, drives a real client, and prints one
 * JSON line a step: {"step": name, "value": what the client gave back, or {name, message} of what it threw}.
 * It judges nothing itself: the Python test that started it does. Whatever it does not expect ends it with status 1.
 */
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** {url, poolId, clientId, ...} as the Python test wrote them. */
export const given = JSON.parse(readFileSync(0, 'utf8'));

// Standard output belongs to the steps; clients print notices.
console.log = console.info = console.debug = console.error;

export function step(name, value) {
  process.stdout.write(`${JSON.stringify({ step: name, value: value ?? null })}\n`);
}

/** Name and message of what `act` throws; when it throws nothing, what it returned. */
export async function refusal(act) {
  try {
    return { accepted: (await act()) ?? null };
  } catch (error) {
    return { name: error.name, message: error.message };
  }
}

async function control(path, options) {
  const response = await fetch(`${given.url}/_emulator${path}`, options);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** The newest code of a purpose (sign-up, resend, attribute, recovery, mfa) that was sent to a user. */
export async function code(user, type) {
  const { messages } = await control(`/messages?${new URLSearchParams({ pool: given.poolId, user, type, wait: 5 })}`);
  if (!messages.length) throw new Error(`no ${type} message for ${user}`);
  return messages.at(-1).code;
}

/** Another code of the same length. */
export const wrong = (right) => right.slice(0, -1) + ((Number(right.at(-1)) + 1) % 10);

/** Moves the emulator's clock forward, so that a further one-time code is due. */
export const advance = (seconds) =>
  control('/clock', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ advance: seconds }),
  });

/** The code that an authenticator app shows at the emulator's time (RFC 6238: SHA-1, 6 digits, 30 seconds). */
export async function totp(secret) {
  const { now } = await control('/clock');
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 30)));
  const mac = createHmac('sha1', base32(secret)).update(counter).digest();
  const number = mac.readUInt32BE(mac.at(-1) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

function base32(text) {
  let bits = '';
  for (const letter of text) {
    const value = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter);
    if (value < 0) throw new Error(`${letter} is not base32`);
    bits += value.toString(2).padStart(5, '0');
  }
  return Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
}

/** The claims of a JWT, unproved. */
export const claims = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
