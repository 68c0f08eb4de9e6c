/** One invariant of the record (docs/reliability.md, Invariants), as a query that finds its breaches. */
export interface Invariant {
  /** `I1` … `I14`; several checks may belong to one. */
  id: string;
  /** The invariant as a sentence, for a log line or an alert. */
  says: string;
  /**
   * Selects rows `(subject, detail)`, one per breach. `$1::interval`: period of changes to check; `$2::interval`: how
   * long work may be overdue before that is a breach.
   */
  sql: string;
}

export interface Breach {
  invariant: string;
  says: string;
  /** `INC-42`, or the id of a delivery or workflow: where to look. */
  subject: string;
  detail: string;
}

/** Incidents with an event in the checked period; needs the block-range index on `incident_event.at`. */
export const changed = `changed AS MATERIALIZED (
  SELECT DISTINCT incident_id AS id FROM incident_event WHERE at > tocsin_now() - $1::interval)`;

/** Deliveries created in the checked period. */
export const recent = `recent AS MATERIALIZED (
  SELECT d.* FROM delivery d WHERE d.created_at > tocsin_now() - $1::interval)`;
