/** Start and steer cognito-emulator from tests. */
export { Emulator, EmulatorError } from './emulator.js';
export { fixtures } from './fixtures.js';
export { addVirtualAuthenticator } from './passkeys.js';
export { Session } from './session.js';
export { start } from './start.js';
