/** amazon-cognito-identity-js, set up for the given pool, with its callbacks turned into promises. */
import {
  AuthenticationDetails, CognitoUser, CognitoUserAttribute, CognitoUserPool, CognitoUserSession,
} from 'amazon-cognito-identity-js';
import { given } from './lib.mjs';

class Memory extends Map {
  setItem = (key, value) => void this.set(key, value);
  getItem = (key) => this.get(key) ?? null;
  removeItem = (key) => void this.delete(key);
}

export const storage = new Memory();

export const pool = new CognitoUserPool({
  UserPoolId: given.poolId,
  ClientId: given.clientId,
  endpoint: given.url,
  Storage: storage,
});

export const user = (username = given.username) =>
  new CognitoUser({ Username: username, Pool: pool, Storage: storage });

export const attributes = (values) =>
  Object.entries(values).map(([Name, Value]) => new CognitoUserAttribute({ Name, Value }));

/** For methods that take one callback (error, result, details). */
export const call = (act) =>
  new Promise((resolve, reject) => {
    act((error, ...results) => (error ? reject(error) : resolve(results.length > 1 ? results : results[0])));
  });

const CALLBACKS = [
  'onSuccess', 'newPasswordRequired', 'mfaRequired', 'totpRequired', 'mfaSetup', 'selectMFAType',
  'inputVerificationCode', 'associateSecretCode', 'customChallenge',
];

/** For methods that take an object of callbacks: the one that was called and with what (a session is not printed). */
export const outcome = (act) =>
  new Promise((resolve, reject) => {
    const callbacks = { onFailure: reject };
    for (const name of CALLBACKS) {
      callbacks[name] = (...values) =>
        resolve({ callback: name, values: values.filter((value) => !(value instanceof CognitoUserSession)) });
    }
    act(callbacks);
  });

/** Signs a user in by SRP, or by `flow`. */
export function signIn(who, password, flow) {
  if (flow) who.setAuthenticationFlowType(flow);
  const details = new AuthenticationDetails({ Username: who.getUsername(), Password: password });
  return outcome((callbacks) => who.authenticateUser(details, callbacks));
}

/** The payloads of the tokens that a user holds. */
export function payloads(who) {
  const session = who.getSignInUserSession();
  return { id: session.getIdToken().payload, access: session.getAccessToken().payload };
}

/** A user's attributes as an object. */
export const read = async (who) =>
  Object.fromEntries((await call((done) => who.getUserAttributes(done))).map(({ Name, Value }) => [Name, Value]));
