/** Intake of new alerts with 200 silences, 50 inhibitions and 100 priority rules in force, against none. Method: README.md. */
import { randomBytes } from 'node:crypto';
import { ConfigSnapshots, snapshotOf } from '../db/config/config-snapshot.js';
import { createDataSource } from '../db/connection/data-source.js';
import { createStore } from '../db/connection/store.js';
import { Intake } from '../db/alert/intake.js';
import type { AlertSignal } from '../domain/alert/signal.js';
import type { LiveSilence } from '../domain/alert/silence.js';
import { parseDocuments } from '../contracts/config/documents.js';
import type { ConfigDocument, ConfigSnapshot } from '../domain/config/specs.js';
import { NO_LIVE_DATA } from '../domain/config/live-data.js';
import { startEngine } from './support/engine.js';
import { readNumbers } from './support/options.js';
import { organisation } from './support/organisation.js';
import { median, rounded } from './support/quantiles.js';
import { finish, say } from './support/report.js';

const bound = 1.3;
const options = readNumbers('pipeline', { rounds: 24, bodies: 5, alerts: 50 });

const engine = await startEngine(say);
const documentsOfBench = organisation('http://127.0.0.1:9/').replace(', group: {by: none}', '');
await engine.call('POST', '/api/v1/config/apply', documentsOfBench);
const dataSource = createDataSource({ url: engine.state.databaseUrl, name: 'bench' });
await dataSource.initialize();
const store = createStore(dataSource, randomBytes(32));

/** The alerts are as a large installation's: a quarter of the rules look at a label that they have, and a pattern is read by every tenth silence. */
const silences = Array.from({ length: 200 }, (_, n): LiveSilence => ({
  id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  matchers: [
    n % 10 === 0
      ? { field: 'labels.host', op: '=~', value: `(db|web)-${n}[0-9]{3}\\.example\\.com` }
      : { field: 'labels.cluster', op: '=', value: `quiet-${n}` },
    { field: 'severity', op: '=', value: ['warning', 'error', 'critical'] },
  ],
  teams: null,
  until: '2100-01-01T00:00:00.000Z',
  owner: 'ana',
  reason: 'bench',
}));
const inhibitions = Array.from({ length: 50 }, (_, n): ConfigDocument => ({
  kind: 'Inhibition',
  name: `inhibition-${n}`,
  revision: 1,
  spec: {
    when: { alertname: `Down${n}` },
    mutes: n < 2 ? { severity: ['critical', 'error'] } : { cluster: `quiet-${n}` },
    equal: ['cluster'],
  },
}));
const rules: ConfigDocument = {
  kind: 'PriorityRules',
  name: 'default',
  revision: 1,
  spec: {
    rules: Array.from({ length: 100 }, (_, n) =>
      n % 4 === 0
        ? { if: `alert.labels.cluster == 'quiet-${n}' && service.tier >= 3`, lower: 1, because: `rule ${n}` }
        : {
            if: `alert.title.startsWith('Lag ${n} ') || time.hour == ${24 + n}`,
            raise: 1,
            because: `rule ${n}`,
          },
    ),
  },
};

/** Given, not read: both sides run on one record. */
class Given extends ConfigSnapshots {
  constructor(private readonly given: ConfigSnapshot) {
    super([randomBytes(32)]);
  }
  override at(): Promise<ConfigSnapshot> {
    return Promise.resolve(this.given);
  }
}
const read = parseDocuments(documentsOfBench);
const documents = read.documents.map(({ kind, name, spec }): ConfigDocument => ({
  kind,
  name,
  spec,
  revision: 1,
}));
const bare = snapshotOf(1, documents);
const full = snapshotOf(2, [...documents, ...inhibitions, rules], { ...NO_LIVE_DATA, silences });
const sides = {
  none: new Intake(dataSource, store.recorder, new Given(bare)),
  all: new Intake(dataSource, store.recorder, new Given(full)),
};

let sent = 0;
const body = (): AlertSignal[] =>
  Array.from({ length: options.alerts }, () => {
    sent += 1;
    return {
      action: 'trigger',
      dedupKey: `bench-${sent}`,
      title: `Lag ${sent} ms on db-${sent}`,
      severity: 'critical',
      labels: {
        alertname: 'Lag',
        cluster: `c${sent % 7}`,
        host: `db-${sent}.example.com`,
        env: 'prod',
        region: 'eu',
      },
      links: [],
      occurredAt: null,
      detail: null,
    };
  });

async function round(intake: Intake): Promise<number> {
  const bodies = Array.from({ length: options.bodies }, body);
  const begin = performance.now();
  for (const signals of bodies)
    await intake.ingest({
      source: 'bench',
      spec: { format: 'generic', service: 'bench' },
      signals,
      raw: null,
    });
  return (performance.now() - begin) / (options.bodies * options.alerts);
}

const ms: Record<keyof typeof sides, number[]> = { none: [], all: [] };
for (const name of ['none', 'all'] as const) await round(sides[name]);
for (let n = 0; n < options.rounds; n += 1)
  for (const name of n % 2 === 0 ? (['none', 'all'] as const) : (['all', 'none'] as const))
    ms[name].push(await round(sides[name]));
const ratios = ms.all.map((one, index) => one / (ms.none[index] ?? one));
const ratio = median(ratios);
await dataSource.destroy();
await engine.stop();
finish({
  bench: 'pipeline',
  ok: ratio <= bound,
  bound,
  ratio: rounded(ratio),
  ratioPerRound: ratios.map((one) => rounded(one)),
  msPerAlert: { none: rounded(median(ms.none)), all: rounded(median(ms.all)) },
  alerts: sent,
});
