import { expect, it } from '@jest/globals';
import { withDatabase } from '../../test/harness/database.js';
import { pagedFixture } from '../testing/paged-fixture.js';
import { auditSecrets } from './secrets.js';

const secrets = new Map([['botToken of telegram', '123456:AA-telegram-bot-token']]);
const MINUTES_MS = 5 * 60_000;

it('a secret that stands in what was recorded is named, and is not told again by naming it', () =>
  withDatabase(async (dataSource) => {
    const fixture = await pagedFixture(dataSource);
    const { id, number } = await fixture.page();
    const found = () => auditSecrets(dataSource, secrets, MINUTES_MS);
    expect(await found()).toEqual([]);
    const leak = `POST https://api.telegram.org/bot${secrets.get('botToken of telegram')}/sendMessage failed`;
    await dataSource.query(
      `UPDATE delivery_attempt SET error = $2 WHERE delivery_id IN (SELECT id FROM delivery WHERE incident_id = $1)`,
      [id, leak],
    );
    await dataSource.query(
      `INSERT INTO incident_event (incident_id, seq, at, kind, actor, data)
       SELECT $1, seq + 1, tocsin_now(), 'noted', 'ana', jsonb_build_object('text', $2::text) FROM incident WHERE id = $1`,
      [id, leak],
    );
    await dataSource.query(
      `INSERT INTO audit_entry (at, actor, action, subject, data) VALUES (tocsin_now(), 'ana', 'x', 'y', jsonb_build_object('z', $1::text))`,
      [leak],
    );
    const breaches = await found();
    expect(breaches.map(({ subject }) => subject.replace(/[0-9a-f-]{36}|\d+$/, '…')).toSorted()).toEqual(
      expect.arrayContaining(['audit entry …', 'delivery …', `${number}, event …`]),
    );
    expect(new Set(breaches.map(({ invariant, detail }) => `${invariant} ${detail}`))).toEqual(
      new Set(['I11 holds botToken of telegram: change that secret']),
    );
    expect(JSON.stringify(breaches)).not.toContain('AA-telegram');
  }));

it('also as base64, percent-encoded, or a half of it (M6)', () =>
  withDatabase(async (dataSource) => {
    const long = `sk-${'a1b2c3d4e5'.repeat(4)}`;
    const known = new Map([['a secret', long]]);
    const forms = [
      Buffer.from(`user:${long}`).toString('base64'),
      encodeURIComponent(`${long}`),
      long.slice(20),
    ];
    for (const [at, text] of forms.entries())
      await dataSource.query(
        `INSERT INTO audit_entry (at, actor, action, subject, data) VALUES (tocsin_now(), 'ana', 'x', $1, jsonb_build_object('z', $2::text))`,
        [String(at), `said ${text} there`],
      );
    const breaches = await auditSecrets(dataSource, known, MINUTES_MS);
    expect(breaches.map(({ detail }) => detail).toSorted()).toEqual([
      'holds a part of a secret: change that secret',
      'holds a secret: change that secret',
      'holds a secret: change that secret',
    ]);
  }));
