/** `group` of services and response plans. */
import type { Duration } from '../shared/duration.js';

/** When an alert that joins pages again: when it raises the priority, with every alert, or not at all. */
export type GroupPage = 'higher' | 'always' | 'never';

export interface GroupSpec {
  /** `sender`, `source`, `title`, `severity` and names of labels; empty: no grouping. Left out: see domain/alert/group.ts. */
  by?: string[];
  /** Since the last alert that joined. */
  window?: Duration;
  page?: GroupPage;
}
