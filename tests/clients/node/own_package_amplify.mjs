/** Amplify finds the session that our own package has put into its storage. */
import { fetchUserAttributes, getCurrentUser, fetchAuthSession } from 'aws-amplify/auth';
import { start } from '../../../emulator/clients/js/index.js';
import { storage } from './amplify_setup.mjs';
import { given, step } from './lib.mjs';

const cognito = await start({ url: given.url });
const session = await cognito.signInAs('alice', { client: given.clientId });
session.fill({ setItem: (key, value) => storage.set(key, value) });
step('user', (await getCurrentUser()).username);
step('email', (await fetchUserAttributes()).email);
step('refreshed', Boolean((await fetchAuthSession({ forceRefresh: true })).tokens));
