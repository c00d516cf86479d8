/** A virtual authenticator in Chromium, for pages that register and use passkeys. */

/** @param page Playwright's page, or Puppeteer's. @returns what lists its passkeys and removes it. */
export async function addVirtualAuthenticator(page, options = {}) {
  const session = page.createCDPSession ? await page.createCDPSession() : await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      ...options,
    },
  });
  return {
    credentials: async () => (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    remove: () => session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId }),
  };
}
