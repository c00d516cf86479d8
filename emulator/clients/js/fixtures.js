/** Fixtures for `test.extend` of Vitest and Playwright. */
import { start } from './start.js';

/** Each worker has one emulator, or a world of the server at `url`; each test begins at the start seed. */
export function fixtures(options = {}) {
  let started;
  return {
    // Both runners read the names that a fixture uses from this pattern.
    cognito: async ({}, use) => {
      started ??= start({ ...(shares(options) && { world: worldOfWorker() }), ...options });
      const cognito = await started;
      await cognito.reset();
      await use(cognito);
    },
  };
}

function shares({ url, command }) {
  return Boolean(url ?? (command ? undefined : process.env.COGNITO_EMULATOR_URL));
}

function worldOfWorker() {
  const { TEST_PARALLEL_INDEX, VITEST_POOL_ID, JEST_WORKER_ID } = process.env;
  return `worker${TEST_PARALLEL_INDEX ?? VITEST_POOL_ID ?? JEST_WORKER_ID ?? 0}`;
}
