/**
 * Part of `npm run check`: validates the OpenAPI document for third-party tools. Prints the problems and exits with
 * 1.
 */
import 'reflect-metadata';
import { parse, validate } from '@readme/openapi-parser';
import { createApp } from '../../api/create-app.js';
import { openApi } from '../../api/openapi/openapi.js';
import { RouteTable } from '../../api/openapi/route-table.js';
import { loadConfig } from '../../config/environment.js';
import { createLogger } from '../../shared/logger.js';
import { createDataSource } from '../../db/connection/data-source.js';
import { createStore } from '../../db/connection/store.js';
import { contractProblems } from './contract-problems.js';

// No server listens there: the document needs no database.
const config = loadConfig({
  DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
  TOCSIN_SECRET_KEY: '0123456789abcdef0123456789abcdef',
  TOCSIN_LOG_LEVEL: 'silent',
});
const { app } = await createApp({
  config,
  logger: createLogger(config, 'check'),
  store: createStore(createDataSource({ url: config.databaseUrl, name: 'check' }), config.secretKey),
});
const document = openApi(app.get(RouteTable).entries, { url: 'https://tocsin.example.com', version: '1' });
await app.close();

// The parser resolves references in place, so each pass gets its own copy.
const copy = () => structuredClone(document) as unknown as Awaited<ReturnType<typeof parse>>;
const result = await validate(copy());
const problems = [
  ...(result.valid ? [] : result.errors.map(({ message }) => message)),
  ...contractProblems(document),
];
for (const problem of problems) process.stdout.write(`${problem}\n`);
process.exit(problems.length > 0 ? 1 : 0);
