/** Jest's global set-up runs outside its module transform, so it imports the built harness. */
export default async function globalSetup() {
  const { startServers } = await import('../../dist/test/harness/servers.js');
  const servers = await startServers();
  Object.assign(process.env, servers.env);
  globalThis.__tocsinServers = servers;
}
