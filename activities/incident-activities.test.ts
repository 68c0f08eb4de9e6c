import { describe, expect, it } from '@jest/globals';
import type { IncidentEvent } from '../domain/incident/events.js';
import { pageSteps, type Sent } from './incident-activities.js';

const note = (seq: number): IncidentEvent => ({
  seq,
  at: '2026-03-02T10:00:00.000Z',
  actor: 'ana',
  kind: 'noted',
  data: { text: `note ${seq}` },
});
const stepRef = (escalation: string) => ({ escalation, due: { cycle: 0, step: 1 } });
const about = { incidentId: 'incident-1', afterSeq: 1 };

describe('paging several escalation steps', () => {
  it('answers with what all of them know, in order, and the earliest debt', async () => {
    const answers: Record<string, Sent> = {
      checkout: { events: [note(2), note(3)], nextDueMs: 30_000 },
      trust: { events: [note(2)], nextDueMs: 2_000 },
      network: { events: [note(4), note(2)], nextDueMs: null },
    };
    const sent = await pageSteps(
      async ({ escalation }) => answers[escalation] ?? Promise.reject(new Error(escalation)),
      {
        ...about,
        stepRefs: ['network', 'checkout', 'trust'].map(stepRef),
      },
    );
    expect(sent).toEqual({ events: [note(2), note(3), note(4)], nextDueMs: 2_000 });
  });

  it('fails only when all have ended, so that a repeated call meets nobody who still sends', async () => {
    let isSending = true;
    const page = async ({ escalation }: { escalation: string }): Promise<Sent> => {
      if (escalation === 'broken') throw new Error('no connection');
      await new Promise((resolve) => setImmediate(resolve));
      isSending = false;
      return { events: [], nextDueMs: null };
    };
    const paged = pageSteps(page, { ...about, stepRefs: [stepRef('broken'), stepRef('slow')] });
    await expect(paged).rejects.toThrow('no connection');
    expect(isSending).toBe(false);
  });
});
