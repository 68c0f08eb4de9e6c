/** Alert POST → webhook received, next to a bare Temporal worker on the same dev server. Method: README.md. */
import { readNumbers } from './support/options.js';
import { startBare, type Bare } from './support/bare.js';
import { type Contestant, judge, type Round, runRound } from './support/contest.js';
import { startEngine, type Engine } from './support/engine.js';
import { organisation, sourceKey } from './support/organisation.js';
import { poster } from './support/post.js';
import { median, quantile } from './support/quantiles.js';
import { finish, say } from './support/report.js';
import { startSink, type Sink } from './support/sink.js';
import { cpuMs } from './support/usage.js';

const bounds = { p50: 1.5, p99: 3, loadMoved: 2 };

const { rounds, alerts, rate: perSecond } = readNumbers('page-latency', { rounds: 6, alerts: 400, rate: 20 });
/**
 * Dropped at the beginning of each round, while connections reopen and caches still hold the other contestant's data.
 */
const dropped = Math.min(20, Math.floor(alerts / 10));

finish(await run());

async function run() {
  const sink = await startSink(titleOrId);
  say('starting PostgreSQL, Temporal, api, worker and pager');
  const engine = await startEngine(say);
  try {
    await engine.call('POST', '/api/v1/config/apply', organisation(sink.url));
    const bare = await startBare(engine, sink.url);
    try {
      return verdict(sink, await compete(sink, engine, bare));
    } finally {
      await bare.stop();
    }
  } finally {
    await engine.stop();
    await sink.close();
  }
}

type Results = { ours: Round[]; bare: Round[] };

async function compete(sink: Sink, engine: Engine, bare: Bare): Promise<Results> {
  const { apiUrl, processes } = engine.state;
  const cpuOf = (names: string[]) =>
    Object.fromEntries(names.map((name) => [name, cpuMs(processes[name]?.pid ?? 0)]));
  const [api, bareWorker] = [poster(apiUrl), poster(bare.url)];
  const ours: Contestant = {
    name: 'ours',
    send: (id) => api(`/in/${sourceKey}`, { title: id, severity: 'critical', dedupKey: id }),
    cpuMs: () => cpuOf(['api', 'worker', 'pager', 'postgres', 'temporal']),
  };
  const theirs: Contestant = {
    name: 'bare',
    send: (id) => bareWorker('/', { id }),
    cpuMs: () => ({ ...cpuOf(['temporal']), bare: cpuMs(bare.pid) }),
  };
  const warmUp = { round: 'warm-up', perSecond, count: alerts, dropped };
  tell('ours', 'warm-up', await runRound(sink, ours, warmUp));
  tell('bare', 'warm-up', await runRound(sink, theirs, warmUp));
  const results: Results = { ours: [], bare: [] };
  for (let number = 1; number <= rounds; number += 1) {
    const round = String(number);
    results.ours.push(tell('ours', round, await runRound(sink, ours, { ...warmUp, round })));
    results.bare.push(tell('bare', round, await runRound(sink, theirs, { ...warmUp, round })));
  }
  return results;
}

function verdict(sink: Sink, { ours, bare }: Results) {
  const judged = judge(ours, bare);
  const all = [...ours, ...bare];
  const lost = all.flatMap((round) => round.lost).length;
  const times = (id: string): number => sink.arrivals.get(id)?.length ?? 0;
  const duplicated = all.flatMap((round) => round.ids).filter((id) => times(id) > 1).length;
  const isNoisy = judged.loadMoved > bounds.loadMoved;
  if (isNoisy) say(`noisy: the load moved ${judged.loadMoved}× between rounds, run again`);
  if (judged.p99 === null) say('fewer than 2,000 samples each: no p99 and so no verdict');
  const isFast = judged.p50.ratio <= bounds.p50 && judged.p99 !== null && judged.p99.ratio <= bounds.p99;
  const ok = isFast && !isNoisy && lost === 0 && duplicated === 0;
  return { bench: 'page-latency', ...judged, lost, duplicated, bounds, ok };
}

/** Tocsin's pages contain the alert's title, the bare worker's its id. */
function titleOrId(body: unknown): string {
  const page = body as { id?: string; data?: { incident: { title: string } } };
  return page.data?.incident.title ?? page.id ?? '';
}

function tell(name: string, number: string, round: Round): Round {
  const { latencies, lost, failures } = round;
  const p50 = median(latencies).toFixed(1);
  const p99 = quantile(latencies, 0.99).toFixed(1);
  const trouble = [...(lost.length > 0 ? [`${lost.length} lost`] : []), ...failures];
  const cpu = Object.entries(round.cpuMsPerAlert).map(([process, ms]) => `${process} ${ms.toFixed(1)}`);
  const figures = `p50 ${p50} ms, p99 ${p99} ms, CPU an alert ${cpu.join(' + ')} ms`;
  say([`${name} ${number}: ${figures}`, ...trouble].join(', '));
  return round;
}
