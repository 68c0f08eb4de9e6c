import { describe, expect, it } from '@jest/globals';
import { codeOf, sms, withStack } from './testing/texts.js';

describe('an answer over a channel', () => {
  it('acknowledges the latest page that is open, stops what is owed, and counts as reached', () =>
    withStack(async (fixture) => {
      const older = await fixture.page();
      const newer = await fixture.page();
      const answer = await fixture.answer(sms('ana', 'Ack', { from: '0049 30 / 123456' }));
      expect(answer).toEqual({
        kind: 'done',
        incident: newer.number,
        text: `${newer.number} is acknowledged by you: Lag on checkout-db`,
      });
      expect([await fixture.status(older), await fixture.status(newer)]).toEqual([
        'triggered',
        'acknowledged',
      ]);
      expect(await fixture.deliveries(newer)).toMatchObject([
        { channel: 'sms', state: 'delivered' },
        { channel: 'email', state: 'suppressed' },
      ]);
      const kept = await fixture.query(
        'SELECT channel, sender, person, body, intent, incidents, outcome FROM inbound_reply',
      );
      expect(kept).toEqual([
        {
          channel: 'sms',
          sender: '…56',
          person: 'ana',
          body: 'Ack',
          intent: 'acknowledge',
          incidents: [newer.number],
          outcome: 'done',
        },
      ]);
    }));

  it('is given once for one message, however often and at once the provider sends it', () =>
    withStack(async (fixture) => {
      const incident = await fixture.page();
      const reply = sms('ana', 'escalate');
      const answers = await Promise.all(Array.from({ length: 6 }, () => fixture.answer(reply)));
      expect(answers.filter(({ kind }) => kind === 'done')).toHaveLength(1);
      expect(answers.filter(({ kind }) => kind === 'repeated')).toHaveLength(5);
      expect(new Set(answers.map((one) => ('text' in one ? one.text : ''))).size).toBe(1);
      const rows = await fixture.query(
        `SELECT 1 FROM incident_event WHERE incident_id = $1 AND kind = 'escalated'`,
        [incident.id],
      );
      expect(rows).toHaveLength(1);
    }));

  it('says who was first and when', () =>
    withStack(async (fixture) => {
      const incident = await fixture.page();
      await fixture.pageNext(incident);
      await fixture.answer(sms('bo', 'ok'));
      const late = await fixture.answer(sms('ana', 'ack'));
      expect(late).toMatchObject({ kind: 'refused', incident: incident.number });
      expect(late).toMatchObject({
        text: expect.stringMatching(/^INC-\d+ was already acknowledged by Bo Lind, \d+ s ago\.$/),
      });
      expect(await fixture.answer(sms('bo', 'ok'))).toMatchObject({
        kind: 'done',
        text: expect.stringMatching(/already acknowledged by you, \d+ s ago/),
      });
    }));

  it('names another incident, or all of them, or all of a service', () =>
    withStack(async (fixture) => {
      const first = await fixture.page();
      const second = await fixture.page('shop');
      const third = await fixture.page('shop');
      expect(await fixture.answer(sms('ana', `ack ${first.number}`))).toMatchObject({
        incident: first.number,
      });
      expect(await fixture.status(second)).toBe('triggered');
      const code = await codeOf(fixture, second);
      const all = await fixture.answer(sms('ana', `ack all shop ${code}`));
      expect(all).toMatchObject({ kind: 'done', text: expect.stringContaining(second.number) });
      expect(all).toMatchObject({ text: expect.stringContaining(third.number) });
      expect(await fixture.answer(sms('ana', `ack all nothing ${code}`))).toMatchObject({
        kind: 'refused',
        text: 'No open incident of nothing that you were paged for.',
      });
      expect(await fixture.answer(sms('ana', `resolve all ${code}`))).toMatchObject({
        kind: 'done',
      });
      expect(await Promise.all([first, second, third].map((one) => fixture.status(one)))).toEqual([
        'resolved',
        'resolved',
        'resolved',
      ]);
    }));

  it('passes it on, or asks for the next step', () =>
    withStack(async (fixture) => {
      const incident = await fixture.page();
      expect(await fixture.answer(sms('ana', "can't"))).toMatchObject({
        kind: 'done',
        text: expect.stringContaining('the next step is being paged'),
      });
      const events: { kind: string }[] = await fixture.query(
        `SELECT kind FROM incident_event WHERE incident_id = $1 ORDER BY seq DESC LIMIT 2`,
        [incident.id],
      );
      expect(events.map(({ kind }) => kind)).toEqual(['escalated', 'declined']);
    }));

  it('takes a pressed button about the page it stood on, also when a newer one came', () =>
    withStack(async (fixture) => {
      const older = await fixture.page();
      await fixture.page();
      const [page] = await fixture.deliveries(older);
      const pressed = sms('ana', '', { intent: 'acknowledge', about: { delivery: page?.key ?? '' } });
      expect(await fixture.answer(pressed)).toMatchObject({
        kind: 'done',
        incident: older.number,
      });
    }));

  it('says that it is over when the page on the screen is of an incident that is', () =>
    withStack(async (fixture) => {
      const incident = await fixture.page();
      await fixture.page();
      const [page] = await fixture.deliveries(incident);
      await fixture.answer(sms('ana', `resolve ${await codeOf(fixture, incident)}`));
      const pressed = sms('ana', '', { intent: 'acknowledge', about: { delivery: page?.id ?? '' } });
      expect(await fixture.answer(pressed)).toMatchObject({
        kind: 'refused',
        text: expect.stringMatching(/was already resolved by you/),
      });
    }));
});
