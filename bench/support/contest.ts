/** Rounds of two contestants against one sink, and their verdict. */
import { openLoop } from './open-loop.js';
import { median, P99_NEEDS, quantile, rounded, spread, type Spread } from './quantiles.js';
import type { Sink } from './sink.js';

export type Contestant = {
  name: string;
  /** Sends one alert; rejects unless it was accepted. */
  send(id: string): Promise<void>;
  /** Processor time so far of each of its processes, by name, in ms. */
  cpuMs(): Record<string, number>;
};

export type RoundOptions = { round: string; perSecond: number; count: number; dropped: number };

export type Round = {
  /** Milliseconds from the intended send to the webhook, without those dropped at the beginning. */
  latencies: number[];
  ids: string[];
  lost: string[];
  failures: string[];
  /** By process. */
  cpuMsPerAlert: Record<string, number>;
};

const PATIENCE_MS = 30_000;

/** One contestant at the full rate, until everything has arrived or is given up. */
export async function runRound(
  sink: Sink,
  contestant: Contestant,
  { round, perSecond, count, dropped }: RoundOptions,
): Promise<Round> {
  const ids = Array.from({ length: count }, (_, index) => `${contestant.name}-${round}-${index}`);
  const cpuBefore = contestant.cpuMs();
  const { intendedMs, failures } = await openLoop({ perSecond, count }, (index) =>
    contestant.send(ids[index] ?? ''),
  );
  const lost = await sink.missing(ids, PATIENCE_MS);
  const latencies = ids.flatMap((id, index) => {
    const arrival = sink.arrivals.get(id)?.[0];
    const intended = intendedMs[index];
    return arrival === undefined || intended === undefined || index < dropped
      ? []
      : [arrival.atMs - intended];
  });
  return {
    latencies,
    ids,
    lost,
    failures: [...failures].map(([text, times]) => `${times}× ${text}`),
    cpuMsPerAlert: Object.fromEntries(
      Object.entries(contestant.cpuMs()).map(([name, after]) => [
        name,
        (after - (cpuBefore[name] ?? 0)) / count,
      ]),
    ),
  };
}

type Compared = { ours: number; bare: number; ratio: number };
export type Verdict = {
  p50: Compared;
  /** null below 2,000 samples; `max` replaces it. */
  p99: Compared | null;
  max: Compared;
  ratioPerRound: Spread;
  cpuMsPerAlert: Compared;
  samples: { ours: number; bare: number };
  rounds: number;
  /** Ratio of the bare worker's slowest round to its fastest, by p50: the load of the machine. */
  loadMoved: number;
};

/** Judges the rounds of both, in the order in which they ran. */
export function judge(ours: readonly Round[], bare: readonly Round[]): Verdict {
  const pooled = { ours: ours.flatMap((one) => one.latencies), bare: bare.flatMap((one) => one.latencies) };
  const compared = (figure: (values: number[]) => number) =>
    compare(figure(pooled.ours), figure(pooled.bare));
  const medians = {
    ours: ours.map((one) => median(one.latencies)),
    bare: bare.map((one) => median(one.latencies)),
  };
  const enough = Math.min(pooled.ours.length, pooled.bare.length) >= P99_NEEDS;
  return {
    p50: compared(median),
    p99: enough ? compared((values) => quantile(values, 0.99)) : null,
    max: compared((values) => quantile(values, 1)),
    ratioPerRound: spread(medians.ours.map((value, round) => value / (medians.bare[round] ?? Number.NaN))),
    cpuMsPerAlert: compare(median(ours.map(cpuOf)), median(bare.map(cpuOf))),
    samples: { ours: pooled.ours.length, bare: pooled.bare.length },
    rounds: ours.length,
    loadMoved: rounded(Math.max(...medians.bare) / Math.min(...medians.bare)),
  };
}

/** Sum over all its processes. */
const cpuOf = ({ cpuMsPerAlert }: Round): number =>
  Object.values(cpuMsPerAlert).reduce((total, value) => total + value, 0);

const compare = (ours: number, bare: number): Compared => ({
  ours: rounded(ours),
  bare: rounded(bare),
  ratio: rounded(ours / bare),
});
