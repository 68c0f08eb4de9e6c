/** Who may not approve, and that a yes is to what was looked at (review M8). */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createStore } from '../../db/store.js';
import { recordingStory } from '../../db/testing/review-story.js';
import { withDatabase } from '../harness/database.js';

const spec = {
  on: {},
  inputs: {},
  timeout: '1h',
  steps: [
    { id: 'ok', approve: { from: ['person:ana', 'person:bo'], message: 'Drain?', 'two-person': true } },
  ],
};

const asked = (work: (decide: (person: string, more?: object) => Promise<string>) => Promise<void>) =>
  withDatabase(async (db) => {
    const { id: incidentId } = await recordingStory(db);
    await db.query(
      `INSERT INTO config_object (kind, name, revision, spec, author, at) VALUES ('Runbook', 'drain', 1, $1, 'ana', tocsin_now())`,
      [JSON.stringify(spec)],
    );
    await db.query('UPDATE config_head SET version = version + 1');
    const store = createStore(db, randomBytes(32));
    const run = await store.runDoor.start({
      incidentId,
      runbook: 'drain',
      inputs: {},
      dryRun: false,
      startedBy: 'cleo',
    });
    if (run.kind !== 'started') throw new Error(run.kind);
    await store.runs.requestApproval(
      { incidentId, runId: run.runId, step: 'ok', execution: 1 },
      {
        ask: { from: ['person:ana', 'person:bo'], message: 'Drain?', min: 1, 'two-person': true },
        content: '{}',
        digest: 'd1',
        expiresInMs: 60_000,
      },
    );
    await work(async (person, more = {}) => {
      const wish = {
        runId: run.runId,
        step: 'ok',
        person,
        decision: 'approve' as const,
        comment: null,
        digest: 'd1',
      };
      const outcome = await store.runDoor.decideApproval({ ...wish, ...more });
      return outcome.kind === 'refused' ? outcome.code : outcome.kind;
    });
  });

describe('M8: a two-person approval', () => {
  it('is not given by who wrote the revision that runs', () =>
    asked(async (decide) => {
      expect(await decide('ana')).toBe('two_person');
      expect(await decide('bo')).toBe('accepted');
    }));

  it('is given to what was looked at: a yes without its digest is refused, a no is not', () =>
    asked(async (decide) => {
      expect(await decide('bo', { digest: null })).toBe('digest_required');
      expect(await decide('bo', { digest: 'other' })).toBe('content_changed');
      expect(await decide('bo', { digest: null, decision: 'reject' })).toBe('accepted');
    }));
});
