import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A minimal app that answers /healthz and logs its start and stop. */
const source = `
const { createServer } = require('node:http');
const { appendFileSync } = require('node:fs');
const { basename } = require('node:path');
const name = basename(__dirname);
const port = { api: process.env.PORT, worker: process.env.TOCSIN_WORKER_PORT, pager: process.env.TOCSIN_PAGER_PORT }[name];
const note = (text) => appendFileSync(process.env.TINY_JOURNAL, name + ' ' + text + '\\n');
note('starts');
console.log('hello from ' + name);
if (process.env.TINY_BROKEN === name) { console.error('no such table: incident'); process.exit(3); }
createServer((_, reply) => reply.end(JSON.stringify(process.env))).listen(port, '127.0.0.1');
process.on('SIGTERM', () => {
  if (process.env.TINY_DEAF === name) return;
  note('stops');
  process.exit(0);
});
`;

/** Writes `api`, `worker` and `pager` below `folder`, as a build would. */
export function writeTinyApps(folder: string): void {
  for (const name of ['api', 'worker', 'pager']) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'main.js'), source);
  }
  writeFileSync(join(folder, 'api', 'migrate.js'), '');
}
