/** The alert signals of a heartbeat, which go through the ordinary intake of its source. */
import type { SourceSpec } from '../alert/source-spec.js';
import type { AlertSignal } from '../alert/signal.js';
import { type Expectation, intervalText } from './expectation.js';
import { type Deafness, type Heartbeat, stateOf } from './heartbeat.js';

/** A sender's own keys may be equal: then it opens and resolves an alert of its own source. */
export const HEARTBEAT_KEY = { ping: 'tocsin/heartbeat', message: 'tocsin/quiet' } as const;

export interface HeartbeatReport {
  source: string;
  spec: Pick<SourceSpec, 'severity'>;
  expectation: Expectation;
  heartbeat: Heartbeat;
  action: 'trigger' | 'resolve';
  /** Exit status and output of the ping that failed. */
  failure?: { exitStatus: number | null; output: string };
  deafness?: Deafness | null;
}

export function heartbeatSignal({
  source,
  spec,
  expectation,
  heartbeat,
  action,
  failure,
  deafness = null,
}: HeartbeatReport): AlertSignal {
  const description = [descriptionOf(expectation, heartbeat, failure), ...lostWords(heartbeat, deafness)]
    .filter((text) => text !== '')
    .join('\n');
  return {
    action,
    dedupKey: HEARTBEAT_KEY[expectation.expects],
    title: titleOf(source, expectation, heartbeat),
    severity: spec.severity ?? 'error',
    ...(description === '' ? {} : { description }),
    labels: { heartbeat: source },
    links: [],
    occurredAt: null,
    detail: {
      expected: intervalText(expectation.interval),
      lastHeard: heartbeat.heardAt,
      ...(heartbeat.startedAt === null ? {} : { started: heartbeat.startedAt }),
      ...(failure === undefined ? {} : { exitStatus: failure.exitStatus }),
    },
  };
}

function titleOf(source: string, { interval, expects }: Expectation, heartbeat: Heartbeat): string {
  if (expects === 'message')
    return `Source ${source} is quiet: no message for ${'every' in interval ? interval.every : ''}`;
  if (stateOf(heartbeat) === 'failed') return `Heartbeat ${source} failed`;
  return heartbeat.startedAt === null
    ? `Heartbeat ${source} is late: no ping`
    : `Heartbeat ${source} is late: a run started and did not end`;
}

function descriptionOf(
  { interval }: Expectation,
  { heardAt }: Heartbeat,
  failure: HeartbeatReport['failure'],
): string {
  if (failure !== undefined)
    return [failure.exitStatus === null ? '' : `Exit status ${failure.exitStatus}.`, failure.output]
      .filter((text) => text !== '')
      .join('\n');
  return `Expected ${intervalText(interval)}; ${heardAt === null ? 'never heard from' : `last heard ${heardAt}`}.`;
}

/** Whoever is paged has to know that the ping may have been sent. */
function lostWords({ heardAt, failedAt }: Heartbeat, deafness: Deafness | null): string[] {
  if (deafness === null || failedAt !== null || (heardAt !== null && Date.parse(heardAt) >= deafness.to))
    return [];
  const [from, to] = [deafness.from, deafness.to].map((at) => new Date(at).toISOString());
  return deafness.isNow
    ? [`No api of Tocsin has listened since ${from}: pings do not arrive.`]
    : [`No api of Tocsin listened from ${from} to ${to}: a ping of that time is lost.`];
}
