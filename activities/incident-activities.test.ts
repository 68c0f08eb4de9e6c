import { describe, expect, it } from '@jest/globals';
import type { IncidentEvent } from '../domain/incident/events.js';
import { pageRungs, type Sent } from './incident-activities.js';

const note = (seq: number): IncidentEvent => ({
  seq,
  at: '2026-03-02T10:00:00.000Z',
  actor: 'ana',
  kind: 'noted',
  data: { text: `note ${seq}` },
});
const rung = (track: string) => ({ track, due: { cycle: 0, step: 1 } });
const about = { incidentId: 'incident-1', afterSeq: 1 };

describe('paging several rungs', () => {
  it('answers with what all of them know, in order, and the earliest debt', async () => {
    const answers: Record<string, Sent> = {
      checkout: { events: [note(2), note(3)], nextDueMs: 30_000 },
      trust: { events: [note(2)], nextDueMs: 2_000 },
      network: { events: [note(4), note(2)], nextDueMs: null },
    };
    const sent = await pageRungs(async ({ track }) => answers[track] ?? Promise.reject(new Error(track)), {
      ...about,
      rungs: ['network', 'checkout', 'trust'].map(rung),
    });
    expect(sent).toEqual({ events: [note(2), note(3), note(4)], nextDueMs: 2_000 });
  });

  it('fails only when all have ended, so that a repeated call meets nobody who still sends', async () => {
    let isSending = true;
    const page = async ({ track }: { track: string }): Promise<Sent> => {
      if (track === 'broken') throw new Error('no connection');
      await new Promise((resolve) => setImmediate(resolve));
      isSending = false;
      return { events: [], nextDueMs: null };
    };
    const paged = pageRungs(page, { ...about, rungs: [rung('broken'), rung('slow')] });
    await expect(paged).rejects.toThrow('no connection');
    expect(isSending).toBe(false);
  });
});
