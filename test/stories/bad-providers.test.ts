/**
 * A provider that answers badly every time: the page arrives by the other contact, and the ledger has the reason. Each
 * test has a person of its own and mostly waits, so several run at once.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  type FakeProvider,
  type Misbehaviour,
  startFakeProvider,
} from '../../integrations/shared/testing/fake-provider.js';
import { certificateForDays } from '../../egress/testing/certificate.js';
import { eventually } from '../harness/eventually.js';
import { ownService } from '../harness/own-service.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;
let provider: FakeProvider;
let expired: Server;
let folder: string;

beforeAll(async () => {
  provider = await startFakeProvider({
    what: 'request',
    answer: () => ({ status: 200 }),
    misbehave: ({ path }) => answers.find(([, name]) => path === `/${name}`)?.[2] ?? null,
  });
  const certificate = certificateForDays(-1, { names: ['localhost'] });
  folder = mkdtempSync(join(tmpdir(), 'tocsin-authority-'));
  writeFileSync(join(folder, 'ca.pem'), certificate.cert);
  expired = createServer(certificate, (_request, response) => response.end());
  await new Promise<void>((resolve) => expired.listen(0, '127.0.0.1', resolve));
  // The certificate's authority is trusted: only the date is wrong.
  stack = await startTestStack({ env: { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') } });
}, 90_000);
afterAll(async () => {
  await provider.close();
  expired.close();
  rmSync(folder, { recursive: true, force: true });
  await stack.end();
});

const person = (name: string, address: string): string => `---
apiVersion: tocsin/v1
kind: Person
metadata: {name: ${name}}
spec:
  displayName: ${name}
  email: ${name}@example.com
  timezone: UTC
  role: responder
  contacts:
    - {name: bad, channel: webhook, address: "${address}"}
    - {name: spare, channel: webhook, address: "${stack.phones.receiver.url}/${name}/spare"}
  rules: {high: [{after: 0s, contact: bad}, {after: 30m, contact: spare}]}
`;

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

const answers: [what: string, name: string, misbehaviour: Misbehaviour, outcome: string, says: string][] = [
  ['500', 'ada', { status: 500 }, 'failed', '500'],
  ['429 and Retry-After', 'ben', { status: 429, headers: { 'retry-after': '2' } }, 'failed', '429'],
  ['accepted, then dropped', 'cia', 'drop', 'ambiguous', ''],
  ['nothing, with the line open', 'dov', 'hang', 'ambiguous', ''],
  ['504', 'iva', { status: 504 }, 'ambiguous', '504'],
  ['404', 'eli', { status: 404 }, 'failed', '404'],
];
const addresses: [what: string, name: string, address: () => string, says: string][] = [
  ['whose certificate has expired', 'fen', () => `https://localhost:${portOf(expired)}/`, 'CERT_HAS_EXPIRED'],
  ['whose name no DNS knows', 'gil', () => 'http://nowhere.invalid/', 'nowhere.invalid does not resolve'],
  ['that nobody listens at', 'hal', () => 'http://127.0.0.1:1/', 'ECONNREFUSED'],
];

/**
 * Opens an incident that pages this person alone; returns the outcomes and errors of the bad contact after the spare
 * one was paged.
 */
async function pagedBySpare(name: string, address: string): Promise<{ outcome: string; error: string }[]> {
  await stack.apply(
    person(name, address),
    ownService(`of-${name}`, `[{notify: [{person: ${name}}], wait: 1h}]`),
  );
  const { number } = await stack.declare({ title: `Bad answers for ${name}`, service: `of-${name}` });
  const { delivery } = await stack.phones.of(name).expectsPage(number, 60_000);
  expect(delivery.path).toBe(`/${name}/spare`);
  const rows = await eventually(
    async () => {
      const found = await stack.deliveries(number);
      return found.some(({ contact, state }) => contact === 'spare' && state === 'accepted') && found;
    },
    { what: 'the spare contact on record' },
  );
  // One page, although the bad contact keeps being tried beside it.
  expect(stack.phones.of(name).received({ incident: number })).toHaveLength(1);
  expect(rows.find(({ contact }) => contact === 'bad')?.state).not.toBe('accepted');
  const { attempts } = rows.find(({ contact }) => contact === 'bad') ?? { attempts: [] };
  return attempts.flatMap(({ outcome, error }) =>
    outcome === null ? [] : [{ outcome, error: error ?? '' }],
  );
}

it.concurrent.each(answers)(
  'a provider that answers %s: the other contact rings within a minute, and the ledger says why',
  async (_what, name, _misbehaviour, outcome, says) => {
    const attempts = await pagedBySpare(name, `${provider.url}/${name}`);
    expect(attempts.length).toBeGreaterThan(0);
    for (const attempt of attempts)
      expect(attempt).toEqual({ outcome, error: expect.stringContaining(says) });
  },
  90_000,
);

it.concurrent.each(addresses)(
  'a provider %s: the other contact rings within a minute, and the ledger says why',
  async (_what, name, address, says) => {
    const attempts = await pagedBySpare(name, address());
    expect(attempts.length).toBeGreaterThan(0);
    for (const attempt of attempts)
      expect(attempt).toEqual({ outcome: 'failed', error: expect.stringContaining(says) });
  },
  90_000,
);
