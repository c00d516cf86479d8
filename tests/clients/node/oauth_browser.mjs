/** A browser in a few lines: goes to a sign-in page, sends its form as CI scripts do, and tells where it ends. */

export async function signIn(start, username, password) {
  const cookies = new Map();
  async function go(url, options = {}) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { ...options, redirect: 'manual', headers: { ...options.headers, cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [pair] = line.split(';');
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    return response;
  }
  let url = new URL(start);
  let response = await go(url);
  while (response.status === 302) {
    url = new URL(response.headers.get('location'), url);
    response = await go(url);
  }
  const body = new URLSearchParams({ username, password, _csrf: cookies.get('XSRF-TOKEN'), cognitoAsfData: '' });
  const answer = await go(url, { method: 'POST', body });
  if (answer.status !== 302) throw new Error(`${answer.status} ${await answer.text()}`);
  return new URL(answer.headers.get('location'), url);
}
