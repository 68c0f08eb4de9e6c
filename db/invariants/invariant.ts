/** One rule that the record must keep (reliability.md §7), as the query that finds where it does not. */
export interface Invariant {
  /** `I1` … `I14`; several checks may belong to one. */
  id: string;
  /** What must hold, as a sentence for a log line or an alert. */
  says: string;
  /**
   * Rows `(subject, detail)`, one a breach. `$1::interval`: how far back changes are looked at; `$2::interval`: for how long
   * something may be owed before that is a breach.
   */
  sql: string;
}

export interface Breach {
  invariant: string;
  says: string;
  /** `INC-42`, a delivery's or a workflow's id: what to look at. */
  subject: string;
  detail: string;
}

/** The incidents with an event in the time looked at; needs the block-range index on `incident_event.at`. */
export const changed = `changed AS MATERIALIZED (
  SELECT DISTINCT incident_id AS id FROM incident_event WHERE at > tocsin_now() - $1::interval)`;

/** The deliveries made in the time looked at. */
export const recent = `recent AS MATERIALIZED (
  SELECT d.* FROM delivery d WHERE d.created_at > tocsin_now() - $1::interval)`;
