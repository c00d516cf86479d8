/** Amplify 5, set up for the given pool, with its tokens in memory. */
import { Amplify, Auth } from 'aws-amplify';
import { advance, given } from '../node/lib.mjs';

export { Auth };

class Memory extends Map {
  setItem = (key, value) => void this.set(key, value);
  getItem = (key) => this.get(key) ?? null;
  removeItem = (key) => void this.delete(key);
}

export const storage = new Memory();

/** Configures the app; `more` are further settings of Auth. */
export const configure = (more) =>
  Amplify.configure({
    Auth: {
      region: given.poolId.split('_')[0],
      userPoolId: given.poolId,
      userPoolWebClientId: given.clientId,
      endpoint: given.url,
      storage,
      ...more,
    },
  });
configure();

/** What a user that `signIn` or a later step gave back is asked for; null is somebody signed in. */
export const asked = ({ challengeName, challengeParam }) =>
  challengeName ? { challengeName, challengeParam } : null;

/** The payloads of both tokens of a session. */
export const payloads = (session) => ({
  id: session.getIdToken().payload,
  access: session.getAccessToken().payload,
});

/** Lets time pass, for the emulator and for this client, which looks at its own clock to see what has expired. */
export async function later(seconds) {
  const Earlier = Date;
  globalThis.Date = class extends Earlier {
    constructor(...moment) {
      super(...(moment.length ? moment : [Earlier.now() + seconds * 1000]));
    }

    static now = () => Earlier.now() + seconds * 1000;
  };
  await advance(seconds);
}
