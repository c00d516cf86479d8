/** A running emulator, steered by its control API. */
import { Session } from './session.js';

const JSON_TYPE = { 'Content-Type': 'application/json' };

/** The emulator refused a call, or does not answer. */
export class EmulatorError extends Error {
  constructor(message, status = 0) {
    super(message);
    this.name = 'EmulatorError';
    this.status = status;
  }
}

export class Emulator {
  #end;

  /** @param url its address; @param end what ends it, where it was started here. */
  constructor(url, end = async () => {}) {
    this.url = url.replace(/\/+$/, '');
    this.#end = end;
    this.clock = {
      get: () => this.call('GET', 'clock'),
      advance: (seconds) => this.call('PUT', 'clock', { advance: seconds }),
      freeze: (at = true) => this.call('PUT', 'clock', { freeze: asTime(at) }),
      set: (at) => this.call('PUT', 'clock', { set: asTime(at) }),
      reset: () => this.call('PUT', 'clock', { reset: true }),
    };
    this.faults = {
      list: () => this.call('GET', 'faults'),
      put: (...rules) => this.call('PUT', 'faults', rules),
      add: (...rules) => this.call('PATCH', 'faults', rules),
      clear: () => this.call('DELETE', 'faults'),
    };
  }

  /** Call a path of the control API, without `/_emulator/`; the answer's JSON. */
  async call(method, path, body, headers = JSON_TYPE) {
    const sent = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    let answer;
    try {
      answer = await fetch(`${this.url}/_emulator/${path}`, { method, headers, body: sent });
    } catch (error) {
      throw new EmulatorError(`No emulator answers at ${this.url}: ${error.cause?.message ?? error.message}`);
    }
    const text = await answer.text();
    const told = isJson(answer) && text ? JSON.parse(text) : text;
    if (!answer.ok) throw new EmulatorError(told.message ?? `${method} ${path}: ${answer.status}`, answer.status);
    return told;
  }

  info() {
    return this.call('GET', 'info');
  }

  /** Go back to the start seed: its contents, the machine's time, no messages, no faults. */
  async reset() {
    await this.call('POST', 'reset');
  }

  /** Add a seed: an object, or a text in JSON or YAML. With `baseline` a reset keeps it. */
  seed(content, { baseline = false } = {}) {
    const headers = { 'Content-Type': typeof content === 'string' ? 'application/yaml' : 'application/json' };
    return this.call('POST', `seed${baseline ? '?baseline=1' : ''}`, content, headers);
  }

  /** The newest message to a user (name, sub, address), awaited for `wait` seconds. */
  message(user, { wait = 5, ...filter } = {}) {
    const query = new URLSearchParams({ ...(user && { user }), wait: String(wait), ...filter });
    return this.call('GET', `messages/latest?${query}`);
  }

  /** The code in the newest message to a user. */
  async codeFor(user, filter = {}) {
    const { code } = await this.message(user, filter);
    if (!code) throw new EmulatorError(`The newest message to ${user} has no code.`);
    return code;
  }

  /** Tokens of a user as a sign-in would issue them: an AuthenticationResult. */
  async tokens({ pool, client, ...order }) {
    return this.call('POST', 'tokens', { ...(await this.#choose(pool, client)), ...order });
  }

  /** Tokens of a user, and what clients keep of them in their storage. */
  async signInAs(username, { pool, client, ...order } = {}) {
    const chosen = await this.#choose(pool, client);
    const tokens = await this.call('POST', 'tokens', { ...chosen, ...order, username });
    return new Session(chosen, tokens);
  }

  /** Register a passkey with which `answerPasskey` answers. */
  async addPasskey(user, { pool, origin } = {}) {
    return this.call('POST', await this.#ofUser(pool, user, 'passkey'), { ...(origin && { origin }) });
  }

  /** The CREDENTIAL that answers a challenge's CREDENTIAL_REQUEST_OPTIONS. */
  async answerPasskey(user, options, { pool, origin } = {}) {
    const path = await this.#ofUser(pool, user, 'passkey/assertion');
    return (await this.call('POST', path, { options, ...(origin && { origin }) })).CREDENTIAL;
  }

  /** Another emulator at the same server, with the same start seed. */
  world(name) {
    return new Emulator(`${this.url}/w/${name}`);
  }

  /** End it, if it was started here. */
  stop() {
    return this.#end();
  }

  async #ofUser(pool, user, what) {
    const chosen = pool ?? only(await this.#pools(), 'pool').id;
    return `users/${encodeURIComponent(chosen)}/${encodeURIComponent(user)}/${what}`;
  }

  async #pools() {
    return (await this.info()).pools;
  }

  /** The pool and client that are named; else the only pool, and its first client without a secret: a browser's. */
  async #choose(pool, client) {
    if (pool && client) return { pool, client };
    const pools = (await this.#pools()).filter(
      (one) => (!pool || one.id === pool) && (!client || one.clients.some(({ id }) => id === client)),
    );
    const chosen = only(pools, 'pool');
    const open = chosen.clients.find(({ secret }) => !secret);
    if (!client && !open) throw new EmulatorError(`Name the client: ${chosen.id} has none without a secret.`);
    return { pool: chosen.id, client: client ?? open.id };
  }
}

function only(list, what) {
  if (list.length === 1) return list[0];
  const names = list.map(({ id, name }) => `${id} (${name})`).join(', ') || 'none';
  throw new EmulatorError(`Name the ${what}; there is not exactly one: ${names}.`);
}

function isJson(answer) {
  return (answer.headers.get('content-type') ?? '').includes('json');
}

function asTime(at) {
  return at instanceof Date ? at.toISOString() : at;
}
