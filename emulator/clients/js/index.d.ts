/** Start and steer cognito-emulator, a local Amazon Cognito, from tests. */

export interface StartOptions {
  /** A server that runs already; also by COGNITO_EMULATOR_URL. */
  url?: string;
  /** The command to run, with its first arguments. Default: cognito-emulator. */
  command?: string | string[];
  /** Further flags of the command. */
  args?: string[];
  /** Path of a seed, its text, or its content. */
  seed?: string | object;
  /** Make every message code this one. */
  code?: string;
  /** 0, the default, takes a free one. */
  port?: number;
  env?: Record<string, string>;
  /** Milliseconds to wait for the start. */
  timeout?: number;
  /** A world of the server, by its name. */
  world?: string;
}

export interface AuthenticationResult {
  AccessToken: string;
  IdToken?: string;
  RefreshToken?: string;
  ExpiresIn: number;
  TokenType: string;
}

export interface Message {
  to: string;
  user?: string;
  pool: string;
  code?: string;
  [member: string]: unknown;
}

export interface MessageFilter {
  /** Seconds. */
  wait?: number;
  pool?: string;
  type?: string;
  to?: string;
}

export interface PoolInfo {
  id: string;
  name: string;
  issuer: string;
  jwks: string;
  clients: { id: string; name: string; secret: boolean }[];
}

export interface Info {
  version: string;
  url: string;
  issuer: string;
  account: string;
  region: string;
  pools: PoolInfo[];
  identityPools: { id: string; name: string }[];
}

/** What the tokens are to be like; the pool and client may be left out where there is one. */
export interface TokenOptions {
  pool?: string;
  client?: string;
  scopes?: string[];
  claims?: Record<string, unknown>;
  groups?: string[];
  auth_time?: number;
  expires_in?: number;
  acr?: string;
  amr?: string[];
  triggers?: boolean;
}

export type Fault = Record<string, unknown>;

export interface Clock {
  get(): Promise<Record<string, unknown>>;
  advance(seconds: number): Promise<unknown>;
  freeze(at?: Date | string | true): Promise<unknown>;
  set(at: Date | string): Promise<unknown>;
  reset(): Promise<unknown>;
}

export interface Faults {
  list(): Promise<unknown>;
  /** Replace all rules. */
  put(...rules: Fault[]): Promise<unknown>;
  add(...rules: Fault[]): Promise<unknown>;
  clear(): Promise<unknown>;
}

export declare class EmulatorError extends Error {
  /** Of the HTTP answer; 0 where there was none. */
  readonly status: number;
  constructor(message: string, status?: number);
}

export declare class Session {
  readonly pool: string;
  readonly client: string;
  readonly username: string;
  readonly tokens: AuthenticationResult;
  constructor(where: { pool: string; client: string }, tokens: AuthenticationResult);
  /** What Amplify and amazon-cognito-identity-js have in their storage. */
  items(): Record<string, string>;
  fill(storage: { setItem(key: string, value: string): unknown }): void;
  /** For `browser.newContext({ storageState })` of Playwright. */
  storageState(origin: string): {
    cookies: [];
    origins: { origin: string; localStorage: { name: string; value: string }[] }[];
  };
}

export declare class Emulator {
  readonly url: string;
  readonly clock: Clock;
  readonly faults: Faults;
  constructor(url: string, end?: () => Promise<void>);
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<any>;
  info(): Promise<Info>;
  reset(): Promise<void>;
  seed(content: string | object, options?: { baseline?: boolean }): Promise<unknown>;
  message(user: string | undefined, filter?: MessageFilter): Promise<Message>;
  codeFor(user: string, filter?: MessageFilter): Promise<string>;
  tokens(order: TokenOptions & { username: string }): Promise<AuthenticationResult>;
  signInAs(username: string, order?: TokenOptions): Promise<Session>;
  addPasskey(user: string, options?: { pool?: string; origin?: string }): Promise<{ credential_id: string; rp_id: string }>;
  answerPasskey(user: string, request: string | object, options?: { pool?: string; origin?: string }): Promise<string>;
  world(name: string): Emulator;
  stop(): Promise<void>;
}

export declare function start(options?: StartOptions): Promise<Emulator>;

/** For `test.extend` of Vitest and Playwright: a fixture `cognito`. */
export declare function fixtures(options?: StartOptions): {
  cognito: (given: {}, use: (cognito: Emulator) => Promise<void>) => Promise<void>;
};

export interface VirtualAuthenticator {
  credentials(): Promise<Record<string, unknown>[]>;
  remove(): Promise<unknown>;
}

/** Add a virtual authenticator to a page of Playwright or Puppeteer, in Chromium. */
export declare function addVirtualAuthenticator(page: any, options?: object): Promise<VirtualAuthenticator>;
