/**
 * kill -9 of each process in turn at a steady rate of alerts: lost pages, duplicates, recovery time. Method:
 * README.md.
 */
import { readCommandLine, wholeNumber } from '../shared/command-line.js';
import { setTimeout as wait } from 'node:timers/promises';
import type { ChildEvent } from '../embedded/child.js';
import { manyUsers, manyUsersOrganisation } from './support/many-users.js';
import { startEngine, type Engine } from './support/engine.js';
import { openLoop } from './support/open-loop.js';
import { poster } from './support/post.js';
import { rounded } from './support/quantiles.js';
import { finish, say } from './support/report.js';
import { startSink, type Received, type Sink } from './support/sink.js';

const bounds = { lost: 0, unmarkedDuplicates: 0, firstPageAfterUpMs: 3_000 };
const PEOPLE = 250;
const PATIENCE_MS = 120_000;
const RESEND_MS = 250;

const HELP =
  'npm run bench -- kill [--rate 20] [--seconds 20] [--times 1] [--parts api,worker,pager,temporal,postgres]\n';
const values = readCommandLine(HELP, {
  rate: { type: 'string', default: '20' },
  seconds: { type: 'string', default: '20' },
  parts: { type: 'string', default: 'api,worker,pager,temporal,postgres' },
  times: { type: 'string', default: '1' },
});
const number = (name: 'rate' | 'seconds' | 'times'): number => wholeNumber(name, values[name], HELP);
const [perSecond, seconds, times] = [number('rate'), number('seconds'), number('times')];
const parts = values.parts.split(',');

finish(await run());

async function run() {
  const events: { event: ChildEvent; atMs: number }[] = [];
  const sink = await startSink((body) => (body as Page).data.incident.title);
  say('starting PostgreSQL, Temporal, api, worker and pager');
  const engine = await startEngine(say, (event) => events.push({ event, atMs: performance.now() }));
  try {
    await engine.call('POST', '/api/v1/config/apply', manyUsersOrganisation(sink.url, PEOPLE));
    await oneRound(engine, sink, 'warm-up', null);
    const rounds: Outcome[] = [];
    for (let time = 1; time <= times; time += 1) {
      for (const part of parts) {
        const outcome = await oneRound(engine, sink, `${part}-${time}`, part);
        rounds.push({ ...outcome, ...recovery(events, sink, outcome) });
        say(JSON.stringify(shown({ ...outcome, ...rounds.at(-1) })));
      }
    }
    return verdict(rounds);
  } finally {
    await engine.stop();
    await sink.close();
  }
}

type Page = {
  data: { incident: { title: string }; possibleDuplicate: boolean };
};

type Outcome = {
  part: string;
  alerts: number;
  lost: number;
  duplicates: number;
  unmarkedDuplicates: number;
  killedAtMs: number;
  ids: string[];
  intendedMs: number[];
  bootMs?: number;
  firstPageAfterUpMs?: number | null;
};

/**
 * Alerts at the full rate; `part` is killed after a third of the time. A sender posts until it gets a 2xx, like real
 * ones.
 */
async function oneRound(engine: Engine, sink: Sink, name: string, part: string | null): Promise<Outcome> {
  const post = poster(engine.state.apiUrl);
  const people = manyUsers(PEOPLE);
  const count = perSecond * seconds;
  const ids = Array.from({ length: count }, (_, index) => `${name}-${index}`);
  let killedAtMs = performance.now();
  const killing = wait((seconds * 1_000) / 3).then(() => {
    if (part === null) return;
    const pid = engine.state.processes[part]?.pid;
    if (pid === undefined) throw new Error(`${part} does not run`);
    killedAtMs = performance.now();
    process.kill(pid, 'SIGKILL');
  });
  const { intendedMs } = await openLoop({ perSecond, count }, async (index) => {
    const title = ids[index] ?? '';
    const path = people[index % PEOPLE]?.path ?? '';
    const giveUpAt = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        return await post(path, { title, severity: 'critical', dedupKey: title });
      } catch (error) {
        if (performance.now() > giveUpAt) throw error;
        await wait(RESEND_MS);
      }
    }
  });
  await killing;
  const missing = await sink.missing(ids, PATIENCE_MS);
  // A repeat comes within a lease, so a whole lease is waited for.
  if (part !== null) await wait(35_000);
  const repeated = ids.map((id) => sink.arrivals.get(id) ?? []).filter((arrivals) => arrivals.length > 1);
  const isMarked = ({ body }: Received): boolean => (body as Page).data.possibleDuplicate;
  return {
    part: part ?? 'none',
    alerts: count,
    lost: missing.length,
    duplicates: repeated.length,
    unmarkedDuplicates: repeated.filter((arrivals) => !arrivals.slice(1).every(isMarked)).length,
    killedAtMs,
    ids,
    intendedMs,
  };
}

/** From the moment the killed process answers its health check to the first page of an alert due after the kill. */
function recovery(
  events: readonly { event: ChildEvent; atMs: number }[],
  sink: Sink,
  { part, killedAtMs, ids, intendedMs }: Outcome,
): Pick<Outcome, 'bootMs' | 'firstPageAfterUpMs'> {
  const up = events.find(
    ({ event, atMs }) => event.kind === 'ready' && event.name === part && atMs > killedAtMs,
  );
  if (up === undefined) return { firstPageAfterUpMs: null };
  const first = ids
    .filter((_, index) => (intendedMs[index] ?? 0) > killedAtMs)
    .flatMap((id) => sink.arrivals.get(id)?.[0]?.atMs ?? [])
    .toSorted((a, b) => a - b)[0];
  return {
    bootMs: rounded(up.atMs - killedAtMs),
    firstPageAfterUpMs: first === undefined ? null : rounded(Math.max(0, first - up.atMs)),
  };
}

function verdict(rounds: Outcome[]) {
  const sum = (figure: (one: Outcome) => number): number =>
    rounds.reduce((total, one) => total + figure(one), 0);
  const lost = sum((one) => one.lost);
  const unmarkedDuplicates = sum((one) => one.unmarkedDuplicates);
  const slowest = Math.max(...rounds.map((one) => one.firstPageAfterUpMs ?? Number.POSITIVE_INFINITY));
  const ok =
    lost <= bounds.lost &&
    unmarkedDuplicates <= bounds.unmarkedDuplicates &&
    slowest <= bounds.firstPageAfterUpMs;
  return {
    bench: 'kill',
    kills: rounds.map(shown),
    alerts: sum((one) => one.alerts),
    lost,
    duplicates: sum((one) => one.duplicates),
    unmarkedDuplicates,
    firstPageAfterUpMs: slowest,
    bounds,
    ok,
  };
}

/** The reported figures of a round, without its individual alerts. */
function shown({ ids: _ids, intendedMs: _intended, killedAtMs: _killed, ...figures }: Outcome) {
  return figures;
}
