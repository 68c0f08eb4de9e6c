import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { linkHash } from '../../shared/keys.js';
import { LinkStore } from '../../db/reply/link-store.js';
import { createStore } from '../../db/connection/store.js';
import { recordingIncident } from '../../db/testing/review-fixture.js';
import type { RunbookSpec } from '../../domain/runbook/definition.js';
import { withDatabase } from '../../test/harness/database.js';
import { pressOf } from '../../web/links/link-press.js';
import { createLinkServices } from './reply-services.js';

const spec: RunbookSpec = {
  on: {},
  inputs: {},
  timeout: '30m',
  steps: [{ id: 'ok', approve: { from: ['person:ana'], message: 'Drain?' } }],
};
const token = 'a-token-of-a-link-that-asks-for-an-approval';

it('an approval that could not be recorded does not count: the same form works again', () =>
  withDatabase(async (dataSource) => {
    const { id: incidentId } = await recordingIncident(dataSource);
    await dataSource.query(
      `INSERT INTO config_object (kind, name, revision, spec, author, at) VALUES ('Runbook', 'drain', 1, $1, 'test', tocsin_now())`,
      [JSON.stringify(spec)],
    );
    await dataSource.query('UPDATE config_head SET version = version + 1');
    const store = createStore(dataSource, randomBytes(32));
    const run = await store.runCommands.start({
      incidentId,
      runbook: 'drain',
      inputs: {},
      dryRun: false,
      startedBy: 'ana',
    });
    if (run.kind !== 'started') throw new Error(run.kind);
    const at = { incidentId, runId: run.runId, step: 'ok', execution: 1 };
    await store.runs.requestApproval(at, {
      ask: { from: ['person:ana'], message: 'Drain?', min: 1 },
      content: '{}',
      digest: 'd1',
      expiresInMs: 60_000,
    });
    await dataSource.query(
      `INSERT INTO person (name, email, display_name, role, timezone) VALUES ('ana', 'ana@example.com', 'Ana', 'responder', 'UTC')
       ON CONFLICT DO NOTHING`,
    );
    await dataSource.query(
      `INSERT INTO link_token (hash, kind, incident_id, person, subject, created_at) VALUES ($1, 'approval', $2, 'ana', $3, tocsin_now())`,
      [linkHash(store.rootKeys[0], token), incidentId, JSON.stringify({ run: run.runId, step: 'ok' })],
    );
    const links = new LinkStore(dataSource, store.rootKeys);
    const { answers } = createLinkServices(store);
    const link = await links.open(token);
    if (link === null) throw new Error('the link cannot be opened');
    const form = pressOf({ decision: 'approve', digest: 'd1', nonce: await links.mintNonce(link) });

    await dataSource.query('ALTER TABLE approval_decision RENAME TO away');
    await expect(answers.decide(link, form)).rejects.toThrow();
    await dataSource.query('ALTER TABLE away RENAME TO approval_decision');

    for (const press of ['again', 'twice']) {
      expect([press, await answers.decide(link, form)]).toEqual([press, { kind: 'done' }]);
      expect(await dataSource.query('SELECT person, decision FROM approval_decision')).toEqual([
        { person: 'ana', decision: 'approve' },
      ]);
    }
    expect(await links.open(token)).toMatchObject({ usedFor: 'approve' });
  }));
