/** People who may not approve, and approvals bound to the content that was shown. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createStore } from '../../db/connection/store.js';
import { recordingIncident } from '../../db/testing/review-fixture.js';
import { getRun } from '../../db/runbook/run-view.js';
import { withDatabase } from '../harness/database.js';

const FROM = ['person:ana', 'person:bo', 'person:dana'];

const spec = {
  on: {},
  inputs: {},
  timeout: '1h',
  steps: [{ id: 'ok', approve: { from: FROM, message: 'Drain?', 'two-person': true } }],
};

interface Case {
  startedBy?: string;
  onBehalfOf?: string;
  /** Authors of the revisions, oldest first; the newest runs. */
  authors?: string[];
}

type Decide = (person: string, more?: object) => Promise<string>;

interface Asked {
  decide: Decide;
  /** Runs revision `n` of the runbook once more and asks again. */
  again: (started?: Case) => Promise<Decide>;
  /** Adds a newer revision. */
  edit: (author: string) => Promise<void>;
}

const asked = (work: (asked: Asked) => Promise<void>, first: Case = {}) =>
  withDatabase(async (db) => {
    const { id: incidentId } = await recordingIncident(db);
    let revision = 0;
    const edit = async (author: string): Promise<void> => {
      await db.query(
        `INSERT INTO config_object (kind, name, revision, spec, author, at) VALUES ('Runbook', 'drain', $1, $2, $3, tocsin_now())`,
        [(revision += 1), JSON.stringify(spec), author],
      );
      await db.query('UPDATE config_head SET version = version + 1');
    };
    for (const author of first.authors ?? ['ana']) await edit(author);
    const store = createStore(db, randomBytes(32));
    const again = async ({ startedBy = 'cleo', onBehalfOf }: Case = {}): Promise<Decide> => {
      const run = await store.runCommands.start({
        incidentId,
        runbook: 'drain',
        inputs: {},
        dryRun: false,
        startedBy,
        onBehalfOf,
      });
      if (run.kind !== 'started') throw new Error(run.kind);
      await store.runs.requestApproval(
        { incidentId, runId: run.runId, step: 'ok', execution: 1 },
        {
          ask: { from: FROM, message: 'Drain?', min: 1, 'two-person': true },
          content: '{}',
          digest: 'd1',
          expiresInMs: 60_000,
        },
      );
      return async (person, more = {}) => {
        const command = {
          runId: run.runId,
          step: 'ok',
          person,
          decision: 'approve' as const,
          comment: null,
          digest: 'd1',
        };
        const outcome = await store.runCommands.decideApproval({ ...command, ...more });
        if (outcome.kind === 'refused') return outcome.code;
        const step = (await getRun(db, run.runId))?.steps[0];
        return outcome.kind === 'accepted' ? `accepted: ${String(step?.approval?.outcome)}` : outcome.kind;
      };
    };
    await work({ decide: await again(first), again, edit });
  });

describe('M8: a two-person approval', () => {
  it('is not given by who wrote the revision that runs', () =>
    asked(async ({ decide }) => {
      expect(await decide('ana')).toBe('two_person');
      expect(await decide('bo')).toBe('accepted: approved');
    }));

  it('is given to what was looked at: a yes without its digest is refused, a no is not', () =>
    asked(async ({ decide }) => {
      expect(await decide('bo', { digest: null })).toBe('digest_required');
      expect(await decide('bo', { digest: 'other' })).toBe('content_changed');
      expect(await decide('bo', { digest: null, decision: 'reject' })).toBe('accepted: rejected');
    }));
});

describe('a key is never the other person of a two-person approval', () => {
  // The holder of the key may be the approver, and the person that the key names is unverified.
  it.each<[string, Case]>([
    ['a run started by a key that names nobody', { startedBy: 'key:1' }],
    ['a run started by a key in the name of somebody else', { startedBy: 'key:1', onBehalfOf: 'cleo' }],
    ['a run started with the admin token', { startedBy: 'admin-token' }],
    ['a revision that a key wrote', { authors: ['ana', 'key:1'] }],
    ['a revision of a key below an edit by a person', { authors: ['key:1', 'ana'] }],
    ['a revision written with the admin token', { authors: ['admin-token'] }],
  ])('%s needs two people', (_, given) =>
    asked(async ({ decide }) => {
      expect(await decide('bo')).toBe('accepted: pending');
      expect(await decide('dana')).toBe('accepted: approved');
    }, given),
  );

  it('and the person that the key names is none of them', () =>
    asked(
      async ({ decide }) => {
        expect(await decide('dana')).toBe('two_person');
        expect(await decide('bo')).toBe('accepted: pending');
      },
      { startedBy: 'key:1', onBehalfOf: 'dana' },
    ));

  it('a run that its incident started needs one, who did not write it', () =>
    asked(
      async ({ decide }) => {
        expect(await decide('ana')).toBe('two_person');
        expect(await decide('bo')).toBe('accepted: approved');
      },
      { startedBy: 'tocsin' },
    ));
});

describe('who wrote what a two-person approval is about', () => {
  it('is everybody who has edited it since a revision was approved by two', () =>
    asked(
      async ({ decide, again, edit }) => {
        expect(await decide('bo')).toBe('two_person');
        expect(await decide('ana')).toBe('two_person');
        expect(await decide('dana')).toBe('accepted: approved');
        await edit('ana');
        const later = await again();
        expect(await later('ana')).toBe('two_person');
        expect(await later('bo')).toBe('accepted: approved');
      },
      { authors: ['bo', 'ana'] },
    ));

  it('is not shortened by an approval that was refused, or that still waits', () =>
    asked(
      async ({ decide, again, edit }) => {
        expect(await decide('dana', { decision: 'reject' })).toBe('accepted: rejected');
        await again();
        await edit('ana');
        expect(await (await again())('bo')).toBe('two_person');
      },
      { authors: ['bo'] },
    ));
});
