/** Memory of the idle processes, and the history that an ordinary incident leaves in Temporal. Method: README.md. */
import { setTimeout as wait } from 'node:timers/promises';
import { openHistories } from '../test/harness/histories.js';
import { startEngine, type Engine } from './support/engine.js';
import { liveOnce, messageId } from './support/life.js';
import { organisation } from './support/organisation.js';
import { rounded } from './support/quantiles.js';
import { finish, say } from './support/report.js';
import { startSink, type Sink } from './support/sink.js';
import { rssMb } from './support/usage.js';

const bounds = { rssMb: 450, historyEvents: 50 };
const INCIDENTS = 10;
const IDLE_MS = 30_000;
const ours = ['api', 'worker', 'pager'];

finish(await run());

async function run() {
  const sink = await startSink(messageId);
  say('starting PostgreSQL, Temporal, api, worker and pager');
  const engine = await startEngine(say);
  try {
    await engine.call('POST', '/api/v1/config/apply', organisation(sink.url));
    return await measure(engine, sink);
  } finally {
    await engine.stop();
    await sink.close();
  }
}

async function measure(engine: Engine, sink: Sink) {
  const { processes, temporalAddress, temporalNamespace } = engine.state;
  const memory = () =>
    Object.fromEntries(
      Object.entries(processes).map(([name, { pid }]) => [name, rounded(rssMb(pid))] as const),
    );
  const afterStart = memory();
  say(`after the start, MB: ${JSON.stringify(afterStart)}`);
  const ids: string[] = [];
  for (let number = 1; number <= INCIDENTS; number += 1) {
    ids.push(await liveOnce(engine, sink, `Replica lag ${number}`));
  }
  say(`${INCIDENTS} incidents lived to their closing; idle for ${IDLE_MS / 1000} s`);
  await wait(IDLE_MS);
  const idle = memory();
  say(`idle, MB: ${JSON.stringify(idle)}`);
  const histories = openHistories(
    { address: temporalAddress, namespace: temporalNamespace },
    // The codec reads lengths only and opens nothing.
    'no key is needed for that',
  );
  const lengths = await Promise.all(ids.map((id) => histories.lengthOf(`incident/${id}`)));
  await histories.close();
  const total = rounded(ours.reduce((sum, name) => sum + (idle[name] ?? Number.NaN), 0));
  const historyEvents = Math.max(...lengths);
  return {
    bench: 'footprint',
    rssMb: total,
    ratio: rounded(total / bounds.rssMb),
    idle,
    afterStart,
    historyEvents,
    incidents: INCIDENTS,
    bounds,
    ok: total <= bounds.rssMb && historyEvents <= bounds.historyEvents,
  };
}
