/** Tokens as Amplify and amazon-cognito-identity-js keep them. */

export class Session {
  constructor({ pool, client }, tokens) {
    this.pool = pool;
    this.client = client;
    this.tokens = tokens;
    /** The user name in the tokens. */
    this.username = payload(tokens.AccessToken).username;
  }

  /** What the clients have in their storage after a sign-in: texts by key. */
  items() {
    const client = `CognitoIdentityServiceProvider.${this.client}`;
    const user = `${client}.${this.username}`;
    const { AccessToken, IdToken, RefreshToken } = this.tokens;
    return {
      [`${client}.LastAuthUser`]: this.username,
      [`${user}.accessToken`]: AccessToken,
      ...(IdToken && { [`${user}.idToken`]: IdToken }),
      ...(RefreshToken && { [`${user}.refreshToken`]: RefreshToken }),
      [`${user}.clockDrift`]: '0',
      [`${user}.signInDetails`]: JSON.stringify({ loginId: this.username, authFlowType: 'USER_SRP_AUTH' }),
    };
  }

  /** Write them into a Storage such as localStorage. */
  fill(storage) {
    for (const [key, value] of Object.entries(this.items())) storage.setItem(key, value);
  }

  /** Playwright's storageState for pages of an origin. */
  storageState(origin) {
    const localStorage = Object.entries(this.items()).map(([name, value]) => ({ name, value }));
    return { cookies: [], origins: [{ origin: new URL(origin).origin, localStorage }] };
  }
}

function payload(token) {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
}
