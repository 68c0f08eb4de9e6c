/** What is remembered of a watch between two evaluations. Instants are epoch milliseconds. */
import type { Priority } from '../config/terms.js';
import type { BandState } from './bands.js';
import type { Expected } from './expected.js';
import type { Span } from './span.js';

/** A condition other than a band: no data, or a metric that cannot be judged. */
export interface Gap {
  /** Null: the condition does not hold. */
  since: number | null;
  why: string;
  /** When an alert of it was sent last; null: none is open. */
  toldAt: number | null;
}

interface OpenBand {
  /** Index in `spec.bands`. */
  band: number;
  priority: Priority;
  /** Since when the watch has an open alert. */
  since: number;
  /** Since when the metric had been at or beyond the band, which was told after its `for`. */
  from?: number;
  /** When the alert was sent last. */
  toldAt: number;
}

export interface WatchState {
  /** Revision of the document that the bands belong to. */
  revision: number;
  /** The newest value that was judged. */
  last: {
    at: number;
    value: number;
    /** Acceptable deviations. */
    count: number;
    /** Size of one. */
    unit: number;
    expected: Extract<Expected, { kind: 'known' }>;
  } | null;
  /** Why nothing is judged yet. */
  learning: string | null;
  bands: BandState[];
  open: OpenBand | null;
  /** When bands were open in the last days, oldest first: a rolling baseline does not learn from these. */
  outages?: Span[];
  noData: Gap;
  notJudged: Gap;
  /** The newest time that the metric's server gave. */
  answeredAt: number | null;
  usersAffected: number | null;
}

export const noGap: Gap = { since: null, why: '', toldAt: null };

export const newWatch = (revision: number): WatchState => ({
  revision,
  last: null,
  learning: null,
  bands: [],
  open: null,
  noData: noGap,
  notJudged: noGap,
  answeredAt: null,
  usersAffected: null,
});
