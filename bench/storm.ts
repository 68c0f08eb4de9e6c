/** Thousands of alerts of few causes: incidents, pages of others meanwhile, signals, cost of one more alert. Method: README.md. */
import { setTimeout as wait } from 'node:timers/promises';
import { openSql, type Sql } from '../test/harness/sql.js';
import { startEngine, type Engine } from './support/engine.js';
import { inParallel } from './support/in-parallel.js';
import { ingestOrganisation, ingestPath } from './support/ingest-organisation.js';
import { openLoop } from './support/open-loop.js';
import { readNumbers } from './support/options.js';
import { type Post, poster } from './support/post.js';
import { median, rounded } from './support/quantiles.js';
import { finish, say } from './support/report.js';
import { settled } from './support/settled.js';
import { type Sink, startSink } from './support/sink.js';
import { cpuMs, rssMb } from './support/usage.js';
import { sourceKey } from './support/organisation.js';

const bounds = {
  incidents: 4,
  unrelatedMs: 5_000,
  alertPerIncident: 1 / 1_000,
  signalsPerSecond: 1,
  rss: 1.2,
};
const CAUSES = 3;
const AT_ONCE = 50;
const SENDERS = 8;
const PATIENCE_MS = 30_000;

const { rounds, alerts, seconds, rate } = readNumbers('storm', {
  rounds: 5,
  alerts: 10_000,
  seconds: 60,
  rate: 1_000,
});

interface Running {
  engine: Engine;
  sink: Sink;
  sql: Sql;
  post: Post;
}

const alertOf = (name: string, n: number, causes: number): object => ({
  title: `Disk full on host ${n}`,
  severity: 'warning',
  dedupKey: `${name}/${n}`,
  labels: { alertname: `${name}/${n % causes}`, host: `host-${n}` },
});

finish(await run());

async function run() {
  const sink = await startSink((body) => {
    const { data } = body as { data?: { incident?: { title?: string } } };
    return data?.incident?.title ?? '';
  });
  say('starting PostgreSQL, Temporal, api, worker and pager');
  const engine = await startEngine(say);
  const sql = openSql(engine.state.databaseUrl);
  try {
    await engine.call('POST', '/api/v1/config/apply', ingestOrganisation(sink.url));
    return await measure({ engine, sink, sql, post: poster(engine.state.apiUrl) });
  } finally {
    await sql.close();
    await engine.stop();
    await sink.close();
  }
}

async function measure(running: Running) {
  const { engine, sql } = running;
  await storm(running, 'warm-up', 500);
  await settled(engine);
  const storms = [];
  for (let round = 1; round <= rounds; round += 1) {
    const one = await storm(running, `round ${round}`, alerts);
    say(
      `round ${round}: ${one.incidents} incidents, the unrelated page after ${Math.round(one.unrelatedMs)} ms`,
    );
    storms.push(one);
    await settled(engine);
  }
  const cost = await costs(running);
  const steady = await steadily(running);
  const signals = await sql<{ most: number }>(
    `SELECT coalesce(max(n), 0)::int AS most FROM (
       SELECT count(DISTINCT delivered_at) AS n FROM outbox WHERE workflow_id LIKE 'incident/%'
         AND NOT EXISTS (SELECT 1 FROM incident_event e WHERE e.incident_id = outbox.incident_id AND e.kind <> 'alert_joined' AND e.seq = outbox.seq)
        GROUP BY workflow_id, date_trunc('second', delivered_at)) seconds`,
  );
  const incidents = storms.map((one) => one.incidents);
  const unrelatedMs = Math.round(Math.max(...storms.map((one) => one.unrelatedMs)));
  const signalsPerSecond = signals[0]?.most ?? 0;
  const ok =
    incidents.every((count) => count === bounds.incidents) &&
    storms.every(({ lost }) => lost === 0) &&
    unrelatedMs <= bounds.unrelatedMs &&
    cost.ratio <= bounds.alertPerIncident &&
    signalsPerSecond <= bounds.signalsPerSecond &&
    steady.lost === 0 &&
    steady.failures.length === 0 &&
    steady.rss <= bounds.rss;
  const lost = storms.reduce((sum, one) => sum + one.lost, 0);
  return { bench: 'storm', incidents, lost, unrelatedMs, cost, signalsPerSecond, steady, bounds, ok };
}

/** Alerts of `causes` in bodies of fifty. */
async function send({ post }: Running, name: string, count: number, causes: number): Promise<void> {
  const bodies = Array.from({ length: Math.ceil(count / AT_ONCE) }, (_, at) =>
    Array.from({ length: Math.min(AT_ONCE, count - at * AT_ONCE) }, (_one, n) =>
      alertOf(name, at * AT_ONCE + n, causes),
    ),
  );
  await inParallel(bodies, SENDERS, (body) => post(ingestPath, body));
}

/** One storm, and in its middle one alert of another service. */
async function storm(running: Running, name: string, count: number) {
  const { sql, sink, post } = running;
  const before = await counts(sql);
  const unrelated = `Something else (${name})`;
  let sentMs = 0;
  await Promise.all([
    send(running, name, count, CAUSES),
    (async () => {
      while ((await counts(sql)).alerts - before.alerts < count / 2) await wait(10);
      sentMs = performance.now();
      await post(`/in/${sourceKey}`, { title: unrelated, severity: 'critical', dedupKey: unrelated });
    })(),
  ]);
  const [missing] = await sink.missing([unrelated], PATIENCE_MS);
  const atMs = sink.arrivals.get(unrelated)?.[0]?.atMs ?? Number.POSITIVE_INFINITY;
  if (missing !== undefined) say(`${missing} was not paged within ${PATIENCE_MS} ms`);
  const after = await counts(sql);
  return {
    incidents: after.incidents - before.incidents,
    lost: count + 1 - (after.alerts - before.alerts),
    unrelatedMs: atMs - sentMs,
  };
}

async function counts(sql: Sql): Promise<{ alerts: number; incidents: number }> {
  const rows = await sql<{ alerts: number; incidents: number }>(
    `SELECT (SELECT coalesce(sum(count), 0)::int FROM alert) AS alerts,
            (SELECT count(*)::int FROM incident WHERE number > 0) AS incidents`,
  );
  return rows[0] ?? { alerts: 0, incidents: 0 };
}

/** Processor time of one more incident, and of one more alert in an incident, workers and Temporal included. */
async function costs(running: Running) {
  const { engine } = running;
  const { processes } = engine.state;
  const cpu = (): number =>
    ['api', 'worker', 'pager', 'postgres', 'temporal'].reduce(
      (sum, name) => sum + cpuMs(processes[name]?.pid ?? 0),
      0,
    );
  const spent = async (name: string, count: number, causes: number): Promise<number> => {
    const before = cpu();
    await send(running, name, count, causes);
    await settled(engine);
    return cpu() - before;
  };
  const few = { alerts: [] as number[], incidents: [] as number[] };
  for (let round = 1; round <= 3; round += 1) {
    // The storm limit is 50 incidents of one service in ten minutes.
    const incidents = 5;
    const one = await spent(`cost one ${round}`, 100, 1);
    const many = await spent(`cost many ${round}`, alerts, 1);
    const each = await spent(`cost incidents ${round}`, 100, incidents);
    few.alerts.push((many - one) / (alerts - 100));
    few.incidents.push((each - one) / (incidents - 1));
  }
  const [alertMs, incidentMs] = [median(few.alerts), median(few.incidents)];
  return {
    alertUs: Math.round(alertMs * 1_000),
    incidentMs: rounded(incidentMs),
    ratio: Math.round((alertMs / incidentMs) * 1e5) / 1e5,
  };
}

/** A thousand alerts a second for a minute, half of them repeats: nothing is lost, and memory stays. */
async function steadily({ engine, sql, post }: Running) {
  const pids = ['api', 'worker', 'pager'].map((name) => engine.state.processes[name]?.pid ?? 0);
  const rss = (): number => pids.reduce((sum, pid) => sum + rssMb(pid), 0);
  const before = (await counts(sql)).alerts;
  const perSecond = rate / AT_ONCE;
  const count = perSecond * seconds;
  const samples: number[] = [];
  const sampling = setInterval(() => samples.push(rss()), 1_000);
  let key = 0;
  const { failures } = await openLoop({ perSecond, count }, () =>
    post(
      ingestPath,
      Array.from({ length: AT_ONCE }, () => alertOf('steady', (key += 1) % 20_000, CAUSES)),
    ),
  );
  clearInterval(sampling);
  const third = Math.max(1, Math.floor(samples.length / 3));
  const [early, late] = [median(samples.slice(0, third)), median(samples.slice(-third))];
  say(`steady: ${Math.round(early)} MB in the first third, ${Math.round(late)} MB in the last`);
  return {
    alerts: count * AT_ONCE,
    lost: count * AT_ONCE - ((await counts(sql)).alerts - before),
    failures: [...failures].map(([text, times]) => `${times}× ${text}`),
    rss: rounded(late / early),
  };
}
