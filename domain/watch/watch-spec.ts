/** Documents of kind Watch. */
import type { Priority } from '../config/terms.js';
import type { Duration } from '../shared/duration.js';

/** Names a variable of the worker, `TOCSIN_SECRET_<NAME>`. */
type SecretName = string;

/** An instant query. `url`: the address of the server, before `/api/v1/query`. */
export interface MetricQuery {
  url: string;
  query: string;
  auth?: { bearer: SecretName } | { username: string; password: SecretName };
}

/** `push`: values arrive at `POST /in/<key>/values`, with the key of this source, or of any source of the same service. */
export type WatchSource = { prometheus: MetricQuery } | { push: { source?: string } };

type Baseline = { kind: 'same-hour'; weeks: number } | { kind: 'rolling-median'; window: Duration };

export type ExpectedSpec = { value: number } | { baseline: Baseline };

/** One acceptable deviation: a share of the expected value, a number, or standard deviations of the baseline. */
export type Acceptable = { percent: number } | { absolute: number } | { sigma: number };

/** Which side of the expected value is worse. */
export type Direction = 'above' | 'below' | 'both';

export interface Band {
  /** In acceptable deviations. */
  beyond: number;
  /** How long without a break; at once when left out. Leaving the band takes as long. */
  for?: Duration;
  priority: Priority;
}

export interface WatchSpec {
  service: string;
  /** What sentences call the metric; the name of the document when left out. */
  displayName?: string;
  unit?: string;
  source: WatchSource;
  every: Duration;
  expected: ExpectedSpec;
  acceptable: Acceptable;
  direction: Direction;
  /** In rising order of `beyond`; no priority is lower than the one before. */
  bands: Band[];
  /** Share of a band's edge by which the value must fall below it before the band is left. */
  hysteresis: number;
  /** The metric has no value, or cannot be judged, for so long. */
  noData: { for: Duration; priority: Priority };
  usersAffected?: { prometheus: MetricQuery };
}
