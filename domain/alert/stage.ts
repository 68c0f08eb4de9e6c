/**
 * The stages between a new alert and its incident (docs/alerts.md): mapping, silence, maintenance, inhibition, only-after-N, grouping,
 * priority, incident. A holding stage lets the alert pass, or holds it: the alert is then stored without an incident and judged
 * again when its holder ends. Every stage leaves its reason on the alert.
 */
import type { Reason } from './decide-signal.js';
import type { AlertSignal } from './signal.js';

/** The alert as every stage sees it. */
export interface JudgedAlert {
  id: string;
  source: string;
  /** Newest texts, labels and severity. */
  signal: AlertSignal;
  service: string | null;
  /** The team of the service. */
  team: string | null;
  /** Times of the newest triggers of the key, oldest first, this one included; also of earlier alerts of the key. */
  triggers: readonly string[];
  /** It would join the incident of the key's last alert again. */
  reopens: boolean;
  /** What held it until now; null for a new alert. */
  heldBy: string | null;
}

/** `by`: what holds the alert, `silence/<id>`, unique over all stages. `until`: when the holder ends by itself; null: unknown. */
export interface Hold {
  by: string;
  until: string | null;
}

/** A stage that passes an alert may say why, for example that a silence no longer applies. */
export type Verdict = { kind: 'pass'; reason?: Reason } | ({ kind: 'hold'; reason: Reason } & Hold);

export const passed: Verdict = { kind: 'pass' };

/** What all holding stages say together: the first hold ends the chain. */
export interface Judgement {
  hold: Hold | null;
  reasons: Reason[];
}

/** Folds verdicts in the order of the stages; nothing after a hold counts. */
export function judgementOf(verdicts: readonly Verdict[]): Judgement {
  const end = verdicts.findIndex(({ kind }) => kind === 'hold');
  const counted = end < 0 ? verdicts : verdicts.slice(0, end + 1);
  const last = counted.at(-1);
  return {
    hold: last?.kind === 'hold' ? { by: last.by, until: last.until } : null,
    reasons: counted.flatMap(({ reason }) => (reason === undefined ? [] : [reason])),
  };
}

/** Holders that somebody ended, or that ended for many alerts at once: what they held for one service is one group. */
export const isReleasedAsGroup = (heldBy: string): boolean =>
  /^(silence|maintenance|inhibition)\//.test(heldBy);

/** What has ended, for people. */
export const holderText = (heldBy: string): string => {
  const [stage = '', id = '', document] = heldBy.split('/');
  return document === undefined
    ? `${stage} ${id} has ended`
    : `what held it back (inhibition ${document}) is over`;
};
