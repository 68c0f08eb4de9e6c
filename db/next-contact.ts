/**
 * A person's next contact, in SQL: of the rows that page the same person for the same step of the same track, the earliest that
 * waits for nothing but its time; one of the same contact only when there is no other. Held ones (quiet hours, pace) have a reason to wait that nobody else's failure ends.
 */
const samePage = (one: string, other: string): string =>
  `${one}.incident_id = ${other}.incident_id AND ${one}.person = ${other}.person AND ${one}.type = ${other}.type
     AND ${one}.track IS NOT DISTINCT FROM ${other}.track AND ${one}.cycle = ${other}.cycle AND ${one}.step = ${other}.step`;

export const nextContactAfter = (row: string): string => `
  SELECT n.id FROM delivery n
   WHERE ${samePage('n', row)} AND n.state = 'planned' AND n.held IS NULL AND n.carrier IS NULL
   ORDER BY n.contact = ${row}.contact, n.due_at, n.rule LIMIT 1`;

/** A contact that goes on failing brings forward one other, not one more with each attempt. */
export const hasFollower = (row: string): string => `EXISTS (
  SELECT 1 FROM delivery f JOIN delivery_attempt a ON a.delivery_id = f.id AND a.n = 1
   WHERE ${samePage('f', row)}
     AND a.at > (SELECT b.at FROM delivery_attempt b WHERE b.delivery_id = ${row}.id AND b.n = 1))`;
