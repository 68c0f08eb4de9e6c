import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { makeCertificate, type TestCertificate } from '../egress/testing/certificate.js';
import { eventually } from '../test/harness/eventually.js';
import { type RunningApi, startApi } from './testing/start-api.js';
import { readTlsPair } from './tls.js';

const folder = mkdtempSync(join(tmpdir(), 'tocsin-tls-'));
const files = { certFile: join(folder, 'tls.pem'), keyFile: join(folder, 'tls.key') };
const valid = { from: new Date('2026-01-01'), to: new Date('2036-01-01') };
let api: RunningApi;

/** Moves the files into place, as certificate tools do. */
function put({ cert, key }: TestCertificate): void {
  writeFileSync(`${files.keyFile}.new`, key);
  writeFileSync(`${files.certFile}.new`, cert);
  renameSync(`${files.keyFile}.new`, files.keyFile);
  renameSync(`${files.certFile}.new`, files.certFile);
}

/** Status, and the names of the certificate that the server presents. */
function ask(url: string, ca?: string): Promise<{ status: number; names: string }> {
  return new Promise((resolve, reject) => {
    const trust = ca === undefined ? { rejectUnauthorized: false } : { ca, servername: 'tocsin.example.com' };
    get(`${url}/healthz`, { agent: false, ...trust }, (response) => {
      const socket = response.socket as TLSSocket;
      const names = socket.getPeerCertificate().subjectaltname ?? '';
      response.resume().on('end', () => resolve({ status: response.statusCode ?? 0, names }));
    }).on('error', reject);
  });
}

const first = makeCertificate({ names: ['tocsin.example.com'], ...valid });
beforeAll(async () => {
  put(first);
  api = await startApi({
    TLS_CERT: files.certFile,
    TLS_KEY: files.keyFile,
    TOCSIN_URL: 'https://tocsin.example.com',
  });
});
afterAll(async () => {
  await api.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('answers https with the certificate it was given, and no plain http', async () => {
  expect(await ask(api.url.replace('http:', 'https:'), first.cert)).toMatchObject({ status: 200 });
  await expect(fetch(`${api.url.replace('https:', 'http:')}/healthz`)).rejects.toThrow();
});

it('takes over a renewed certificate without a restart, and keeps the old one when the new one is broken', async () => {
  const url = api.url.replace('http:', 'https:');
  put(makeCertificate({ names: ['renewed.example.com'], ...valid }));
  await eventually(async () => (await ask(url)).names.includes('renewed.example.com'), {
    what: 'the renewed certificate',
  });
  writeFileSync(files.certFile, 'half of a');
  await expect(async () => readTlsPair(files)).rejects.toThrow(/TLS_CERT and TLS_KEY: .*tls\.pem/);
  put(makeCertificate({ names: ['third.example.com'], ...valid }));
  await eventually(async () => (await ask(url)).names.includes('third.example.com'), {
    what: 'the certificate after the broken one',
  });
});

it('says which file cannot be read', () => {
  expect(() => readTlsPair({ ...files, keyFile: join(folder, 'none.key') })).toThrow(
    /TLS_KEY: .*none\.key cannot be read/,
  );
});
