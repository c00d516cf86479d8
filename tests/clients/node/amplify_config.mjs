/** Amplify, set up by what `cognito-emulator config` prints. */
import { Amplify } from 'aws-amplify';
import { fetchAuthSession, signIn, signOut } from 'aws-amplify/auth';
import { cognitoUserPoolsTokenProvider } from 'aws-amplify/auth/cognito';
import { parseAmplifyConfig } from 'aws-amplify/utils';
import { given, step } from './lib.mjs';

const { username, password } = given;
const storage = new Map();

async function subject() {
  cognitoUserPoolsTokenProvider.setKeyValueStorage({
    setItem: async (key, value) => void storage.set(key, value),
    getItem: async (key) => storage.get(key) ?? null,
    removeItem: async (key) => void storage.delete(key),
    clear: async () => storage.clear(),
  });
  await signIn({ username, password });
  const { tokens } = await fetchAuthSession();
  await signOut();
  return tokens.accessToken.payload;
}

new Function('Amplify', given.amplify.replace(/^import .*$/m, ''))(Amplify);
step('amplify', await subject());

const outputs = JSON.parse(given.outputs);
const config = parseAmplifyConfig(outputs);
config.Auth.Cognito.userPoolEndpoint = outputs.custom.cognito_emulator.user_pool_endpoint;
Amplify.configure(config);
step('outputs', await subject());

const old = parseAmplifyConfig(new Function(`${given.exports.replace('export default', 'return')}`)());
old.Auth.Cognito.userPoolEndpoint = given.url;
Amplify.configure(old);
step('exports', await subject());
