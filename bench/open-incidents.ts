/**
 * Cost of open incidents: memory of the worker, and the page latency of a new incident beside them. Method:
 * README.md.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { openSql } from '../test/harness/sql.js';
import { type Contestant, type Round, runRound } from './support/contest.js';
import { manyUsers, manyUsersOrganisation } from './support/many-users.js';
import { startEngine, type Engine } from './support/engine.js';
import { inParallel } from './support/in-parallel.js';
import { readNumbers } from './support/options.js';
import { poster } from './support/post.js';
import { median, rounded } from './support/quantiles.js';
import { finish, say } from './support/report.js';
import { settled, undelivered } from './support/settled.js';
import { startSink, type Sink } from './support/sink.js';
import { cpuMs, rssMb } from './support/usage.js';

const bounds = { rss: 1.1, p50: 1.2 };
const PEOPLE = 250;
/** Alerts per request, the batch of an ordinary sender. */
const BATCH = 50;

const {
  few,
  many,
  alerts,
  rate: perSecond,
  idle: idleSeconds,
} = readNumbers('open-incidents', { few: 1_000, many: 10_000, alerts: 300, rate: 10, idle: 30 });

finish(await run());

async function run() {
  const sink = await startSink(
    (body) => (body as { data: { incident: { title: string } } }).data.incident.title,
  );
  say('starting PostgreSQL, Temporal, api, worker and pager');
  const engine = await startEngine(say);
  try {
    await engine.call('POST', '/api/v1/config/apply', manyUsersOrganisation(sink.url, PEOPLE, '24h'));
    return await measure(engine, sink);
  } finally {
    await engine.stop();
    await sink.close();
  }
}

async function measure(engine: Engine, sink: Sink) {
  await pages(engine, sink, 'warm-up');
  const none = await pages(engine, sink, 'none');
  await open(engine, 0, few);
  const rssFew = await idleRss(engine, few);
  await open(engine, few, many);
  const rssMany = await idleRss(engine, many);
  const full = await pages(engine, sink, 'many');
  const p50 = { none: rounded(median(none.latencies)), many: rounded(median(full.latencies)) };
  const lost = none.lost.length + full.lost.length;
  const rss = { few: rounded(rssFew), many: rounded(rssMany), ratio: rounded(rssMany / rssFew) };
  const ratio = rounded(median(full.latencies) / median(none.latencies));
  return {
    bench: 'open-incidents',
    open: { few, many },
    workerRssMb: rss,
    p50Ms: { ...p50, ratio },
    lost,
    bounds,
    ok: rss.ratio <= bounds.rss && ratio <= bounds.p50 && lost === 0,
  };
}

/** New P1 incidents at a steady rate; each pages at once. */
async function pages(engine: Engine, sink: Sink, round: string): Promise<Round> {
  const post = poster(engine.state.apiUrl);
  const people = manyUsers(PEOPLE);
  const { processes } = engine.state;
  let sent = 0;
  const contestant: Contestant = {
    name: 'page',
    send: (id) =>
      post(people[sent++ % PEOPLE]?.path ?? '', { title: id, severity: 'critical', dedupKey: id }),
    cpuMs: () =>
      Object.fromEntries(Object.entries(processes).map(([name, { pid }]) => [name, cpuMs(pid)] as const)),
  };
  const result = await runRound(sink, contestant, { round, perSecond, count: alerts, dropped: 10 });
  say(`${round}: p50 ${median(result.latencies).toFixed(1)} ms, ${result.lost.length} lost`);
  return result;
}

/** Alerts of low severity: each opens an incident that waits 24 h for its resolve, by a timer, and pages nobody. */
async function open(engine: Engine, from: number, to: number): Promise<void> {
  const post = poster(engine.state.apiUrl);
  const people = manyUsers(PEOPLE);
  const sql = openSql(engine.state.databaseUrl);
  const numbers = Array.from({ length: (to - from) / BATCH }, (_, batch) => from + batch * BATCH);
  try {
    await inParallel(numbers, 2, async (first) => {
      const titles = Array.from({ length: BATCH }, (_, n) => `open ${first + n}`);
      const path = people[(first / BATCH) % PEOPLE]?.path ?? '';
      await post(
        path,
        titles.map((title) => ({ title, severity: 'warning', dedupKey: title })),
      );
      // Temporal gets the events before the next alerts come: the bench measures open incidents, not a backlog.
      await until(async () => (await undelivered(sql)) < 500);
    });
    await settled(engine);
    const counted = await sql<{ n: number }>(
      "SELECT count(*)::int AS n FROM incident WHERE title LIKE 'open %' AND status = 'triggered' AND next_deadline > tocsin_now() + interval '1 hour'",
    );
    if (counted[0]?.n !== to) throw new Error(`${counted[0]?.n} incidents wait by a timer, not ${to}`);
  } finally {
    await sql.close();
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 600_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error('Temporal is not told within ten minutes');
    await wait(100);
  }
}

async function idleRss(engine: Engine, count: number): Promise<number> {
  say(`${count} incidents are open; idle for ${idleSeconds} s`);
  await wait(idleSeconds * 1_000);
  const mb = rssMb(engine.state.processes['worker']?.pid ?? 0);
  say(`worker at ${count}: ${mb.toFixed(0)} MB`);
  return mb;
}
