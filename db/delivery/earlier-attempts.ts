/**
 * SQL: may an earlier attempt at this row have notified its person already? True for an attempt without a known end,
 * and for an accepted one, whose result may be written late, after another sender took over. The next message then
 * says that it may be a repeat (docs/reliability.md I3).
 */
export const mayHaveBeenDelivered = (row: string): string => `EXISTS (
    SELECT 1 FROM delivery_attempt a WHERE a.delivery_id = ${row}.id AND a.n < ${row}.attempts
       AND (a.outcome IS NULL OR a.outcome IN ('ambiguous', 'accepted')))`;
