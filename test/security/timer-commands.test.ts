/** The activity for due work, called with arbitrary arguments. */
import { describe, expect, it } from '@jest/globals';
import { createIncidentActivities } from '../../activities/incident-activities.js';
import type { DueItem } from '../../domain/incident/deadline.js';

describe('what a timer may ask', () => {
  const asked: DueItem[] = [];
  const activities = createIncidentActivities({
    response: {} as never,
    dueWork: {
      run: async ({ items }) => {
        asked.push(...items);
        return { events: [], nextDueMs: null };
      },
    },
  });
  const about = { incidentId: 'incident-1', afterSeq: 0 };

  it.each([
    { type: 'decide_approval', run: 'run', step: 'ok', person: 'bo', decision: 'approve', entitled: true },
    { type: 'resolve', comment: null, because: 'person' },
    { type: 'acknowledge', person: 'bo' },
    { type: 'waive_postmortem', reason: 'x' },
    { type: 'constructor' },
  ])('$type is refused before the record is asked', async (command) => {
    const items = [{ type: 'end_snooze' }, command] as never;
    await expect(activities.runDueWork({ ...about, items })).rejects.toThrow('no due work');
    expect(asked).toEqual([]);
  });

  it('is said in its own words', async () => {
    const items = [
      { type: 'end_snooze', person: 'bo' },
      { type: 'page', escalation: 'checkout', due: { cycle: 0, step: 1, wait: 9 }, breakGlass: true },
      { type: 'remind_review', reminder: 2, people: ['bo'] },
    ] as never;
    await activities.runDueWork({ ...about, items });
    expect(asked.splice(0)).toEqual([
      { type: 'end_snooze' },
      { type: 'page', escalation: 'checkout', due: { cycle: 0, step: 1 } },
      { type: 'remind_review', reminder: 2 },
    ]);
  });
});
