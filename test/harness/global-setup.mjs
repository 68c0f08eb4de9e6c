/** Jest's global set-up runs outside its module transform, so it imports the built harness. */
import { bundleApps } from './bundle-apps.mjs';

export default async function globalSetup() {
  const { startServers } = await import('../../dist/test/harness/servers.js');
  const [servers, apps] = await Promise.all([startServers(), bundleApps()]);
  Object.assign(process.env, servers.env, { TOCSIN_TEST_APPS: apps });
  globalThis.__tocsinServers = servers;
}
