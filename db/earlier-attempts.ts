/**
 * In SQL: may an earlier attempt at this row have told its person already? One whose end nobody heard, and one that was taken
 * as well: its answer may be written late, after others have gone on. What is sent then says that it may be a repeat (I3).
 */
export const mayHaveBeenTold = (row: string): string => `EXISTS (
    SELECT 1 FROM delivery_attempt a WHERE a.delivery_id = ${row}.id AND a.n < ${row}.attempts
       AND (a.outcome IS NULL OR a.outcome IN ('ambiguous', 'accepted')))`;
