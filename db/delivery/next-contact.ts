/**
 * SQL for a person's next contact: among the rows that page the same person for the same step of the same escalation,
 * the earliest that waits only for its time; a row of the same contact only when there is no other. Held rows (quiet
 * hours, rate limit) are excluded: a failure of another contact does not end their reason to wait.
 */
const samePage = (one: string, other: string): string =>
  `${one}.incident_id = ${other}.incident_id AND ${one}.person = ${other}.person AND ${one}.type = ${other}.type
     AND ${one}.escalation IS NOT DISTINCT FROM ${other}.escalation AND ${one}.cycle = ${other}.cycle AND ${one}.step = ${other}.step`;

export const nextContactAfter = (row: string): string => `
  SELECT n.id FROM delivery n
   WHERE ${samePage('n', row)} AND n.state = 'planned' AND n.held IS NULL AND n.bundle IS NULL
   ORDER BY n.contact = ${row}.contact, n.due_at, n.rule LIMIT 1`;

/** A contact that keeps failing brings forward one other contact, not one more with each attempt. */
export const hasFollower = (row: string): string => `EXISTS (
  SELECT 1 FROM delivery f JOIN delivery_attempt a ON a.delivery_id = f.id AND a.n = 1
   WHERE ${samePage('f', row)}
     AND a.at > (SELECT b.at FROM delivery_attempt b WHERE b.delivery_id = ${row}.id AND b.n = 1))`;
