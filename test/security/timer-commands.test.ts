/** The activity for timer commands, called with arbitrary arguments. */
import { describe, expect, it } from '@jest/globals';
import { createIncidentActivities } from '../../activities/incident-activities.js';
import type { RecordPort } from '../../ports/incident.js';

describe('what a timer may ask', () => {
  const asked: string[] = [];
  const record: RecordPort = {
    record: async ({ command }) => {
      asked.push(JSON.stringify(command));
      return { kind: 'unchanged', events: [] };
    },
  };
  const activities = createIncidentActivities({ record, ledger: { nextDueMs: async () => null } } as never);
  const about = { incidentId: 'incident-1', afterSeq: 0 };

  it.each([
    { type: 'decide_approval', run: 'run', step: 'ok', person: 'bo', decision: 'approve', entitled: true },
    { type: 'resolve', comment: null, because: 'person' },
    { type: 'acknowledge', person: 'bo' },
    { type: 'waive_postmortem', reason: 'x' },
    { type: 'constructor' },
  ])('$type is refused before the record is asked', async (command) => {
    await expect(activities.note({ ...about, command: command as never })).rejects.toThrow(
      'no command of a timer',
    );
    expect(asked).toEqual([]);
  });

  it('is said in its own words', async () => {
    await activities.note({ ...about, command: { type: 'end_snooze', person: 'bo' } as never });
    expect(asked.splice(0)).toEqual(['{"type":"end_snooze"}']);
  });
});
