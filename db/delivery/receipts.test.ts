import { describe, expect, it } from '@jest/globals';
import { lateReceipts } from '../escalation/overdue-work.js';
import { accepted, withLedger, noticesOf, sixSent } from '../testing/ledger-fixture.js';

describe('a page that was accepted and never confirmed', () => {
  it('goes on to a contact that nobody tried', () =>
    withLedger(async (fixture) => {
      const [incident] = await fixture.incidents(1);
      if (incident === undefined) throw new Error('no incident');
      await fixture.query(
        `UPDATE delivery SET confirm_by = tocsin_now() + interval '2 minutes' WHERE incident_id = $1 AND state = 'accepted'`,
        [incident.id],
      );
      expect(await fixture.store.ledger.nextDueMs(incident.id)).toBeGreaterThan(100_000);
      expect(await fixture.store.receipts.handleOverdue(incident.id)).toBe(0);
      await fixture.wait(120_000);
      // The mail was planned for later and suppressed above: the step has no row left to bring forward.
      await fixture.query(`DELETE FROM delivery WHERE incident_id = $1 AND channel = 'email'`, [incident.id]);
      expect(await fixture.store.receipts.handleOverdue(incident.id)).toBe(1);
      expect(await fixture.store.receipts.handleOverdue(incident.id)).toBe(0);
      const [mail] = await fixture.due();
      expect(mail).toMatchObject({
        person: 'ana',
        channel: 'email',
        subject: { fallback: 'no receipt from phone (sms)' },
      });
    }));

  it('goes on for every incident that it told of, whoever has answered the one in its subject', () =>
    withLedger(async (fixture) => {
      const incidents = await fixture.incidents(9);
      await sixSent(fixture, incidents);
      for (const incident of incidents.slice(6)) await fixture.plan(incident);
      await fixture.wait(10_000);
      const [bundle] = await fixture.due();
      if (bundle === undefined) throw new Error('nothing was due');
      await fixture.store.ledger.settle(bundle, accepted, 120_000);
      const bundled = (bundle.alsoPaged ?? []).map(({ number }) => number);
      expect(bundled).toHaveLength(2);
      await fixture.store.recorder.record({
        incidentId: bundle.incident.id,
        actor: 'ana',
        command: { type: 'acknowledge', person: 'ana' },
      });
      await fixture.wait(120_000);
      const told = await noticesOf(fixture, bundled.length, async () => {
        await fixture.store.receipts.handleOverdue(bundle.incident.id);
        const late = { lateMs: 0, limit: 50, except: [] };
        for (const id of await lateReceipts(fixture.store.dataSource, late))
          await fixture.store.receipts.handleOverdue(id);
      });
      const due = (await fixture.due()).filter(({ person }) => person === 'bo');
      const named = due.flatMap((one) => [
        one.incident.number,
        ...(one.alsoPaged ?? []).map(({ number }) => number),
      ]);
      expect(named.toSorted()).toEqual(bundled.toSorted());
      expect(due[0]).toMatchObject({ channel: 'sms', subject: { fallback: 'no receipt from mail (email)' } });
      // Notifications are the only trigger: the workflows expect the rows later, or not at all.
      const ids = incidents.flatMap(({ id, number }) => (bundled.includes(number) ? [id] : []));
      expect(told.toSorted()).toEqual(ids.toSorted());
    }));

  it('is asked after when it went to the catch-all as well', () =>
    withLedger(async (fixture) => {
      await fixture.query(
        `INSERT INTO config_object (kind, name, revision, spec, author, at)
         VALUES ('Organisation', 'acme', 1, '{"catchAll": [{"person": "ana"}]}', 'test', tocsin_now())`,
      );
      await fixture.query('UPDATE config_head SET version = version + 1');
      const incident = await fixture.page();
      for (let step = 2; step <= 4; step += 1) await fixture.pageNext(incident);
      await fixture.query(
        `UPDATE delivery SET confirm_by = tocsin_now() WHERE step = 4 AND state = 'accepted'`,
      );
      expect(await fixture.store.receipts.handleOverdue(incident.id)).toBe(1);
      expect((await fixture.due()).filter(({ step }) => step === 4)).toMatchObject([
        { person: 'ana', channel: 'email', subject: { fallback: 'no receipt from phone (sms)' } },
      ]);
    }));
});
