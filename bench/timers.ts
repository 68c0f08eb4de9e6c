/** Deadline → webhook received, next to a bare Temporal timer on the same dev server. Method: README.md. */
import { startBare, type Bare } from './support/bare.js';
import { manyUsers, manyUsersOrganisation } from './support/many-users.js';
import { startEngine, type Engine } from './support/engine.js';
import { inParallel } from './support/in-parallel.js';
import { readNumbers } from './support/options.js';
import { poster } from './support/post.js';
import { median, P99_NEEDS, quantile, rounded } from './support/quantiles.js';
import { finish, say } from './support/report.js';
import { settled } from './support/settled.js';
import { startSink, type Sink } from './support/sink.js';

/**
 * `earlyMs`: both sides round to milliseconds. `burst`: deadlines of one instant drained per second, or as a share of the bare
 * worker's, whichever the machine allows.
 */
const bounds = { p99: 1.2, earlyMs: -2, burst: { perSecond: 200, share: 0.8 } };
const PEOPLE = 250;
const PATIENCE_MS = 120_000;
/** Timers armed in parallel: few enough that arming is not itself late, since a timer starts when its first task is done. */
const AT_ONCE = 4;

const {
  spread: spreadCount,
  burst: burstCount,
  bursts,
} = readNumbers('timers', { spread: 2_000, burst: 1_000, bursts: 3 });
/** Arming has to end this long before the first deadline, or the round is repeated with twice the time. */
const ARMED_BEFORE_MS = 2_000;
/** Span of the spread's deadlines: 2,000 deadlines are some 34 a second. */
const SPREAD_MS = 58_500;

/** Round of an incident's next page, by title; the first page belongs to no round. */
const wanted = new Map<string, string>();

finish(await run());

async function run() {
  const sink = await startSink(roundAndId);
  say('starting PostgreSQL, Temporal, api, worker and pager');
  const engine = await startEngine(say);
  try {
    await engine.call('POST', '/api/v1/config/apply', manyUsersOrganisation(sink.url, PEOPLE));
    const bare = await startBare(engine, sink.url);
    try {
      return await compete(sink, engine, bare);
    } finally {
      await bare.stop();
    }
  } finally {
    await engine.stop();
    await sink.close();
  }
}

/** Arms one deadline of a contestant. */
type Arm = (round: string, atMs: number, index: number) => Promise<unknown>;

async function compete(sink: Sink, engine: Engine, bare: Bare) {
  say(`opening ${spreadCount} incidents`);
  const incidents = await openIncidents(engine, Math.max(spreadCount, burstCount));
  await settled(engine);
  const [api, bareWorker] = [poster(engine.state.apiUrl), poster(bare.url)];
  const admin = { authorization: `Bearer ${engine.state.adminToken ?? ''}` };
  const ours: Arm = (round, atMs, index) => {
    const until = new Date(atMs).toISOString();
    wanted.set(incidents[index]?.title ?? '', `ours-${round}-${index}`);
    return api(`/api/v1/incidents/${incidents[index]?.id}/snooze`, { until }, admin);
  };
  const theirs: Arm = (round, atMs, index) => bareWorker('/', { id: `bare-${round}-${index}`, atMs });
  const results: Record<'spread' | 'burst', Record<'ours' | 'bare', number[]>> = {
    spread: { ours: [], bare: [] },
    burst: { ours: [], bare: [] },
  };
  const perSecond: Record<'ours' | 'bare', number[]> = { ours: [], bare: [] };
  let lost = 0;
  /** Arming takes some 10 ms each on a fast machine; a slower one gets more time. */
  let armMs = 25;
  /** False when this machine arms too slowly for the first deadline; what was armed has fired by then. */
  const armed = async (
    who: 'ours' | 'bare',
    name: string,
    deadlines: readonly number[],
  ): Promise<boolean> => {
    const begun: string[] = [];
    await inParallel(deadlines, AT_ONCE, async (atMs, index) => {
      if (Date.now() > (deadlines[0] ?? 0) - ARMED_BEFORE_MS) return;
      begun.push(`${who}-${name}-${index}`);
      await (who === 'ours' ? ours : theirs)(name, atMs, index);
    });
    if (begun.length === deadlines.length) return true;
    await sink.missing(begun, (deadlines.at(-1) ?? 0) - Date.now() + PATIENCE_MS);
    return false;
  };
  const round = async (kind: 'spread' | 'burst', who: 'ours' | 'bare', number: number): Promise<void> => {
    const count = kind === 'spread' ? spreadCount : burstCount;
    let name = `${kind}${number}`;
    let deadlines: number[] = [];
    for (;;) {
      const firstMs = Date.now() + 20_000 + count * armMs;
      deadlines = Array.from({ length: count }, (_, index) =>
        Math.round(firstMs + (kind === 'spread' ? (index * SPREAD_MS) / count : 0)),
      );
      if (await armed(who, name, deadlines)) break;
      armMs *= 2;
      say(`arming ${name} of ${who} took too long for its first deadline: again, with ${armMs} ms for each`);
      name = `${name}again`;
    }
    const ids = deadlines.map((_, index) => `${who}-${name}-${index}`);
    const missing = await sink.missing(ids, (deadlines.at(-1) ?? 0) - Date.now() + PATIENCE_MS);
    lost += missing.length;
    const late = ids.flatMap((id, index) => {
      const arrival = sink.arrivals.get(id)?.[0];
      return arrival === undefined ? [] : [arrival.epochMs - (deadlines[index] ?? 0)];
    });
    results[kind][who].push(...late);
    if (kind === 'burst') perSecond[who].push((1_000 * late.length) / Math.max(...late));
    say(
      `${who} ${name}: late p50 ${median(late).toFixed(0)} ms, p99 ${quantile(late, 0.99).toFixed(0)} ms, ` +
        `last ${Math.max(...late)} ms, first ${Math.min(...late)} ms, ${missing.length} lost`,
    );
  };
  await round('spread', 'bare', 1);
  await round('spread', 'ours', 1);
  for (let number = 1; number <= bursts; number += 1) {
    await round('burst', 'ours', number);
    await round('burst', 'bare', number);
  }
  const spread = compare(results.spread);
  const burst = {
    ...compare(results.burst),
    perSecond: ratioOf(median(perSecond.ours), median(perSecond.bare)),
  };
  const duplicated = [...sink.arrivals.values()].filter((arrivals) => arrivals.length > 1).length;
  const isDrained =
    burst.perSecond.ours >= bounds.burst.perSecond || burst.perSecond.ratio >= bounds.burst.share;
  const isFast = spread.p99.ratio <= bounds.p99 && isDrained;
  const isNeverEarly = Math.min(spread.firstMs.ours, burst.firstMs.ours) >= bounds.earlyMs;
  const ok = isFast && isNeverEarly && lost === 0 && duplicated === 0;
  return { bench: 'timers', spread, burst, lost, duplicated, bounds, ok };
}

const ratioOf = (ours: number, bare: number) => ({
  ours: rounded(ours),
  bare: rounded(bare),
  ratio: rounded(ours / bare),
});

function compare({ ours, bare }: Record<'ours' | 'bare', number[]>) {
  const both = (figure: (late: number[]) => number) => ratioOf(figure(ours), figure(bare));
  return {
    p50: both(median),
    p99: both((late) => quantile(late, 0.99)),
    /** The earliest arrival relative to its deadline; negative means early. */
    firstMs: { ours: Math.min(...ours), bare: Math.min(...bare) },
    samples: { ours: ours.length, bare: bare.length, enough: ours.length >= P99_NEEDS },
  };
}

/** Tocsin's pages contain the incident, the bare worker's the round. */
function roundAndId(body: unknown): string {
  const page = body as { id?: string; data?: { incident: { title: string }; cycle: number } };
  if (page.id !== undefined) return page.id;
  const title = page.data?.incident.title ?? '';
  return wanted.get(title) ?? `opening ${title}`;
}

async function openIncidents(engine: Engine, count: number): Promise<{ id: string; title: string }[]> {
  const services = manyUsers(PEOPLE).map(({ service }) => service);
  const opened: { id: string; title: string }[] = [];
  await inParallel(Array.from({ length: count }), 8, async (_, index) => {
    const title = `timer ${index}`;
    const service = services[index % PEOPLE];
    const { id } = await engine.call<{ id: string }>('POST', '/api/v1/incidents', {
      title,
      service,
      priority: 'P1',
    });
    opened[index] = { id, title };
  });
  return opened;
}
