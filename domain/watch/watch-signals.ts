/** The alert signals of what a watch tells; they take the ordinary way of an alert. */
import type { AlertSignal } from '../alert/signal.js';
import type { Priority, Severity } from '../config/terms.js';
import type { Condition, Tell } from './decide-tells.js';
import type { WatchDocument } from './fold-watch.js';
import type { WatchState } from './watch-state.js';

/** What a sender of that priority would have said; the priority itself is the band's. */
const severityOf: Record<Priority, Severity> = {
  P1: 'critical',
  P2: 'error',
  P3: 'warning',
  P4: 'warning',
  P5: 'info',
};

const alertname: Record<Condition, string> = {
  band: 'WatchBeyondBand',
  'no-data': 'WatchHasNoData',
  'not-judged': 'WatchCannotBeJudged',
};

export function signalOf(
  { name, spec }: Pick<WatchDocument, 'name' | 'spec'>,
  tell: Tell,
  { state, now }: { state: WatchState; now: number },
): AlertSignal {
  const { condition, priority, sentence, usersAffected } = tell;
  const { last } = state;
  return {
    action: tell.what === 'ends' ? 'resolve' : 'trigger',
    dedupKey: condition,
    title: sentence.slice(0, 1024),
    severity: severityOf[priority],
    labels: { watch: name, alertname: alertname[condition], service: spec.service },
    links: [],
    occurredAt: new Date(now).toISOString(),
    startedAt: new Date(tell.since).toISOString(),
    client: 'Tocsin',
    detail: {
      priority,
      usersAffected,
      ...(last === null
        ? {}
        : {
            value: last.value,
            expected: last.expected.value,
            acceptableDeviation: last.unit,
            deviations: last.count,
          }),
    },
  };
}
