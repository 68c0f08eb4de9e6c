/** Alerts accepted per second, whole pipeline, next to a bare Fastify with one unnest insert. Method: README.md. */
import { openSql } from '../test/harness/sql.js';
import { startEngine, type Engine } from './support/engine.js';
import { closedLoop, type LoadRequest, postBytes } from './support/http-load.js';
import { ingestOrganisation, ingestPath } from './support/ingest-organisation.js';
import { readNumbers } from './support/options.js';
import { median, rounded, spread } from './support/quantiles.js';
import { finish, say } from './support/report.js';
import { type BareIngest, startBareIngest } from './support/start-bare-ingest.js';
import { settled } from './support/settled.js';
import { startSink } from './support/sink.js';
import { cpuMs } from './support/usage.js';

/** Smallest median of the ratios per round. */
const bounds = { single: 0.5, fifty: 0.5, hot: 1, locked: 10, loadMoved: 2 };
const HOT_KEYS = 100;
const AT_ONCE = 50;

const { rounds, seconds, connections } = readNumbers('ingest', { rounds: 5, seconds: 5, connections: 32 });

type Way = 'single' | 'fifty' | 'hot';
const ways: readonly Way[] = ['single', 'fifty', 'hot'];

interface Contestant {
  name: string;
  url: URL;
  path: string;
  pids: number[];
}

interface Round {
  perSecond: number;
  cpuUsPerAlert: number;
  refused: Record<string, number>;
  accepted: number;
}

finish(await run());

async function run() {
  const sink = await startSink(() => '');
  say('starting PostgreSQL, Temporal, api, worker and pager');
  const engine = await startEngine(say);
  try {
    await engine.call('POST', '/api/v1/config/apply', ingestOrganisation(sink.url));
    const bare = await startBareIngest(engine);
    try {
      return await compete(engine, bare);
    } finally {
      await bare.stop();
    }
  } finally {
    await engine.stop();
    await sink.close();
  }
}

async function compete(engine: Engine, bare: BareIngest) {
  const { apiUrl, processes } = engine.state;
  const pidsOf = (...names: string[]): number[] => names.map((name) => processes[name]?.pid ?? 0);
  const ours: Contestant = {
    name: 'ours',
    url: new URL(apiUrl),
    path: ingestPath,
    pids: pidsOf('api', 'worker', 'pager', 'postgres', 'temporal'),
  };
  const theirs = { name: 'bare', url: bare.url, path: '/', pids: [bare.pid, ...pidsOf('postgres')] };
  const locked = { ...theirs, name: 'locked', path: '/locked' };
  const sql = openSql(engine.state.databaseUrl);
  const results: Record<string, Round[]> = {};
  const play = async (contestant: Contestant, way: Way, round: number): Promise<void> => {
    // Each contestant begins with a clean log, so that no round pays for another's checkpoint.
    await sql('CHECKPOINT');
    const played = await playRound(contestant, way, round);
    const name = `${contestant.name} ${way}`;
    say(
      `${name} ${round}: ${Math.round(played.perSecond)}/s, ${Math.round(played.cpuUsPerAlert)} µs of processor an alert`,
    );
    results[name] = [...(results[name] ?? []), played];
    if (contestant === ours) await settled(engine);
  };
  // Round 0 warms up.
  for (let round = 0; round <= rounds; round += 1) {
    for (const way of ways) {
      await play(ours, way, round);
      await play(theirs, way, round);
    }
    await play(locked, 'hot', round);
  }
  const stored = await sql<{ n: number }>('SELECT sum(count)::int AS n FROM alert');
  await sql.close();
  const all = (name: string): Round[] =>
    Object.entries(results).flatMap(([key, list]) => (key.startsWith(name) ? list : []));
  const sum = (list: Round[]): number => list.reduce((total, { accepted }) => total + accepted, 0);
  const lost = {
    ours: sum(all('ours')) - (stored[0]?.n ?? 0),
    bare: sum([...all('bare'), ...all('locked')]) - (await bare.stored()),
  };
  const counted = (name: string): Round[] => (results[name] ?? []).slice(1);
  const compared = (one: string, other: string) => ({
    ratio: spread(
      counted(one).map((round, n) => round.perSecond / (counted(other)[n]?.perSecond ?? Number.NaN)),
    ),
    perSecond: { ours: perSecondOf(counted(one)), other: perSecondOf(counted(other)) },
    cpuUsPerAlert: { ours: cpuOf(counted(one)), other: cpuOf(counted(other)) },
  });
  const figures = {
    single: compared('ours single', 'bare single'),
    fifty: compared('ours fifty', 'bare fifty'),
    hot: compared('ours hot', 'bare hot'),
    locked: compared('ours hot', 'locked hot'),
  };
  const bareRounds = ways.map((way) => counted(`bare ${way}`).map(({ perSecond }) => perSecond));
  const loadMoved = rounded(Math.max(...bareRounds.map((list) => Math.max(...list) / Math.min(...list))));
  const refused = Object.values(results).flatMap((list) =>
    list.flatMap((round) => Object.entries(round.refused)),
  );
  if (loadMoved > bounds.loadMoved) say(`noisy: the load moved ${loadMoved}× between rounds, run again`);
  const ok =
    loadMoved <= bounds.loadMoved &&
    refused.length === 0 &&
    lost.ours === 0 &&
    lost.bare === 0 &&
    (['single', 'fifty', 'hot', 'locked'] as const).every(
      (name) => figures[name].ratio.median >= bounds[name],
    );
  return { bench: 'ingest', ...figures, rounds, loadMoved, refused, lost, bounds, ok };
}

async function playRound({ url, path, pids }: Contestant, way: Way, round: number): Promise<Round> {
  const cpu = (): number => pids.reduce((total, pid) => total + cpuMs(pid), 0);
  const before = cpu();
  const next = requests(url, path, alertsOf(way, round), way === 'single' ? 1 : AT_ONCE);
  const { accepted, ms, refused } = await closedLoop(url, { connections, ms: seconds * 1_000, next });
  return {
    accepted,
    refused,
    perSecond: (accepted / ms) * 1_000,
    cpuUsPerAlert: ((cpu() - before) * 1_000) / Math.max(1, accepted),
  };
}

/** New keys of one cause, or the same hundred again. */
function alertsOf(way: Way, round: number): () => object {
  let sent = 0;
  return () => {
    sent += 1;
    const key = way === 'hot' ? `hot-${sent % HOT_KEYS}` : `${way}-${round}-${sent}`;
    return {
      title: `Disk full on ${key}`,
      severity: 'warning',
      dedupKey: key,
      labels: { alertname: `DiskFull-${way}`, host: key },
    };
  };
}

function requests(url: URL, path: string, alert: () => object, alerts: number): () => LoadRequest {
  return () => {
    const body = alerts === 1 ? alert() : Array.from({ length: alerts }, alert);
    return { bytes: postBytes(url, path, body), alerts };
  };
}

function perSecondOf(list: readonly Round[]): number {
  return Math.round(median(list.map(({ perSecond }) => perSecond)));
}

function cpuOf(list: readonly Round[]): number {
  return Math.round(median(list.map(({ cpuUsPerAlert }) => cpuUsPerAlert)));
}
