import { describe, expect, it } from '@jest/globals';
import { lateReceipts } from './late-work.js';
import { accepted, inLedgerStory, noticesOf, sixSent } from './testing/ledger-story.js';

describe('a page that was accepted and never confirmed', () => {
  it('goes on to a contact that nobody tried', () =>
    inLedgerStory(async (story) => {
      const [incident] = await story.incidents(1);
      if (incident === undefined) throw new Error('no incident');
      await story.query(
        `UPDATE delivery SET confirm_by = tocsin_now() + interval '2 minutes' WHERE incident_id = $1 AND state = 'accepted'`,
        [incident.id],
      );
      expect(await story.store.ledger.nextDueMs(incident.id)).toBeGreaterThan(100_000);
      expect(await story.store.receipts.chase(incident.id)).toBe(0);
      await story.wait(120_000);
      // The mail was planned for later and suppressed above: nothing of the step is left that could be brought forward.
      await story.query(`DELETE FROM delivery WHERE incident_id = $1 AND channel = 'email'`, [incident.id]);
      expect(await story.store.receipts.chase(incident.id)).toBe(1);
      expect(await story.store.receipts.chase(incident.id)).toBe(0);
      const [mail] = await story.due();
      expect(mail).toMatchObject({
        person: 'ana',
        channel: 'email',
        subject: { fallback: 'no receipt from phone (sms)' },
      });
    }));

  it('goes on for every incident that it told of, whoever has answered the one in its subject', () =>
    inLedgerStory(async (story) => {
      const incidents = await story.incidents(9);
      await sixSent(story, incidents);
      for (const incident of incidents.slice(6)) await story.plan(incident);
      await story.wait(10_000);
      const [carrier] = await story.due();
      if (carrier === undefined) throw new Error('nothing was due');
      await story.store.ledger.settle(carrier, accepted, 120_000);
      const carried = (carrier.alsoPaged ?? []).map(({ number }) => number);
      expect(carried).toHaveLength(2);
      await story.store.recorder.record({
        incidentId: carrier.incident.id,
        actor: 'ana',
        command: { type: 'acknowledge', person: 'ana' },
      });
      await story.wait(120_000);
      const told = await noticesOf(story, carried.length, async () => {
        await story.store.receipts.chase(carrier.incident.id);
        const late = { lateMs: 0, limit: 50, except: [] };
        for (const id of await lateReceipts(story.store.dataSource, late))
          await story.store.receipts.chase(id);
      });
      const due = (await story.due()).filter(({ person }) => person === 'bo');
      const named = due.flatMap((one) => [
        one.incident.number,
        ...(one.alsoPaged ?? []).map(({ number }) => number),
      ]);
      expect(named.toSorted()).toEqual(carried.toSorted());
      expect(due[0]).toMatchObject({ channel: 'sms', subject: { fallback: 'no receipt from mail (email)' } });
      // Nobody else knows: their workflows expect them later, or not at all.
      const ids = incidents.flatMap(({ id, number }) => (carried.includes(number) ? [id] : []));
      expect(told.toSorted()).toEqual(ids.toSorted());
    }));

  it('is asked after when it went to the catch-all as well', () =>
    inLedgerStory(async (story) => {
      await story.query(
        `INSERT INTO config_object (kind, name, revision, spec, author, at)
         VALUES ('Organisation', 'acme', 1, '{"catchAll": [{"person": "ana"}]}', 'test', tocsin_now())`,
      );
      await story.query('UPDATE config_head SET version = version + 1');
      const incident = await story.page();
      for (let step = 2; step <= 4; step += 1) await story.pageNext(incident);
      await story.query(
        `UPDATE delivery SET confirm_by = tocsin_now() WHERE step = 4 AND state = 'accepted'`,
      );
      expect(await story.store.receipts.chase(incident.id)).toBe(1);
      expect((await story.due()).filter(({ step }) => step === 4)).toMatchObject([
        { person: 'ana', channel: 'email', subject: { fallback: 'no receipt from phone (sms)' } },
      ]);
    }));
});
