import { describe, expect, it } from '@jest/globals';
import { smsCode } from '../../shared/keys.js';
import { withDatabase } from '../../test/harness/database.js';
import type { InboundReply } from './inbound-replies.js';
import { type PagedIncident, type PagedFixture, pagedFixture } from '../testing/paged-fixture.js';

const phones = { ana: '+4930123456', bo: '+4930999999', cleo: '+4930777777' };
let sent = 0;

const withStack = (work: (fixture: PagedFixture) => Promise<void>) =>
  withDatabase(async (db) => work(await pagedFixture(db)));
const sms = (who: keyof typeof phones, text: string, more: Partial<InboundReply> = {}): InboundReply => ({
  channel: 'sms',
  from: phones[who],
  text,
  messageId: `SM${++sent}`,
  ...more,
});

/** The code in the SMS about this incident. */
const codeOf = async (
  fixture: PagedFixture,
  incident: PagedIncident,
  who: keyof typeof phones = 'ana',
): Promise<string> => {
  const page = (await fixture.deliveries(incident)).find(
    ({ person, channel }) => person === who && channel === 'sms',
  );
  return smsCode(fixture.store.rootKeys[0], page?.key ?? '');
};

describe('an answer over a channel', () => {
  it('acknowledges the latest page that is open, stops what is owed, and counts as reached', () =>
    withStack(async (fixture) => {
      const older = await fixture.page();
      const newer = await fixture.page();
      const answer = await fixture.store.replies.answer(sms('ana', 'Ack', { from: '0049 30 / 123456' }));
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
      const answers = await Promise.all(Array.from({ length: 6 }, () => fixture.store.replies.answer(reply)));
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
      await fixture.store.replies.answer(sms('bo', 'ok'));
      const late = await fixture.store.replies.answer(sms('ana', 'ack'));
      expect(late).toMatchObject({ kind: 'refused', incident: incident.number });
      expect(late).toMatchObject({
        text: expect.stringMatching(/^INC-\d+ was already acknowledged by Bo Lind, \d+ s ago\.$/),
      });
      expect(await fixture.store.replies.answer(sms('bo', 'ok'))).toMatchObject({
        kind: 'done',
        text: expect.stringMatching(/already acknowledged by you, \d+ s ago/),
      });
    }));

  it('names another incident, or all of them, or all of a service', () =>
    withStack(async (fixture) => {
      const first = await fixture.page();
      const second = await fixture.page('shop');
      const third = await fixture.page('shop');
      expect(await fixture.store.replies.answer(sms('ana', `ack ${first.number}`))).toMatchObject({
        incident: first.number,
      });
      expect(await fixture.status(second)).toBe('triggered');
      const code = await codeOf(fixture, second);
      const all = await fixture.store.replies.answer(sms('ana', `ack all shop ${code}`));
      expect(all).toMatchObject({ kind: 'done', text: expect.stringContaining(second.number) });
      expect(all).toMatchObject({ text: expect.stringContaining(third.number) });
      expect(await fixture.store.replies.answer(sms('ana', `ack all nothing ${code}`))).toMatchObject({
        kind: 'refused',
        text: 'No open incident of nothing that you were paged for.',
      });
      expect(await fixture.store.replies.answer(sms('ana', `resolve all ${code}`))).toMatchObject({
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
      expect(await fixture.store.replies.answer(sms('ana', "can't"))).toMatchObject({
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
      expect(await fixture.store.replies.answer(pressed)).toMatchObject({
        kind: 'done',
        incident: older.number,
      });
    }));

  it('says that it is over when the page on the screen is of an incident that is', () =>
    withStack(async (fixture) => {
      const incident = await fixture.page();
      await fixture.page();
      const [page] = await fixture.deliveries(incident);
      await fixture.store.replies.answer(sms('ana', `resolve ${await codeOf(fixture, incident)}`));
      const pressed = sms('ana', '', { intent: 'acknowledge', about: { delivery: page?.id ?? '' } });
      expect(await fixture.store.replies.answer(pressed)).toMatchObject({
        kind: 'refused',
        text: expect.stringMatching(/was already resolved by you/),
      });
    }));
});

type Fate = 'undelivered' | 'refused' | 'withdrawn' | 'being sent' | 'unheard of';

/** Replaces the accepted outcome of the SMS about this incident with another one. */
async function becomes(fixture: PagedFixture, incident: PagedIncident, fate: Fate): Promise<void> {
  const [page] = await fixture.deliveries(incident);
  const outcomes = { undelivered: 'accepted', refused: 'failed', withdrawn: 'withdrawn', 'being sent': null };
  await fixture.query(`UPDATE delivery SET state = 'failed' WHERE id = $1`, [page?.id]);
  await fixture.query(`UPDATE delivery_attempt SET outcome = $2 WHERE delivery_id = $1`, [
    page?.id,
    fate === 'unheard of' ? 'ambiguous' : outcomes[fate],
  ]);
  if (fate === 'being sent')
    await fixture.query(
      `UPDATE delivery SET state = 'sending', lease = gen_random_uuid(), lease_until = tocsin_now() + interval '1 minute' WHERE id = $1`,
      [page?.id],
    );
}

describe('a word alone', () => {
  it.each<[Fate, 'older' | 'newer']>([
    ['undelivered', 'older'],
    ['refused', 'older'],
    ['withdrawn', 'older'],
    ['being sent', 'older'],
    ['unheard of', 'newer'],
  ])('when the newer text is %s means the %s page', (fate, meant) =>
    withStack(async (fixture) => {
      const older = await fixture.page();
      const newer = await fixture.page();
      await becomes(fixture, newer, fate);
      const answer = await fixture.store.replies.answer(sms('ana', '4'));
      expect(answer).toMatchObject({ kind: 'done', incident: (meant === 'older' ? older : newer).number });
    }),
  );

  it.each<[Fate, object]>([
    ['undelivered', { kind: 'refused', text: 'Nothing is open that you were paged for.' }],
    ['being sent', { kind: 'done' }],
  ])('when the only text is %s is answered %j', (fate, answer) =>
    withStack(async (fixture) => {
      await becomes(fixture, await fixture.page(), fate);
      expect(await fixture.store.replies.answer(sms('ana', 'ack'))).toMatchObject(answer);
    }),
  );

  it('and "all" leave alone what did not arrive', () =>
    withStack(async (fixture) => {
      const arrived = await fixture.page();
      const lost = await fixture.page();
      await becomes(fixture, lost, 'undelivered');
      await fixture.store.replies.answer(sms('ana', `ack all ${await codeOf(fixture, arrived)}`));
      expect([await fixture.status(arrived), await fixture.status(lost)]).toEqual([
        'acknowledged',
        'triggered',
      ]);
    }));
});

describe('who may not', () => {
  it('an unknown sender is answered nothing and recorded; so is a repeat of it', () =>
    withStack(async (fixture) => {
      const incident = await fixture.page();
      const reply = sms('ana', 'ack', { from: '+15005550006' });
      expect(await fixture.store.replies.answer(reply)).toEqual({ kind: 'unknown_sender' });
      expect(await fixture.store.replies.answer(reply)).toEqual({ kind: 'unknown_sender' });
      expect(await fixture.status(incident)).toBe('triggered');
      expect(await fixture.query('SELECT sender, person, outcome FROM inbound_reply')).toEqual([
        { sender: '…06', person: null, outcome: 'unknown_sender' },
      ]);
    }));

  it('a number of one channel is nobody on another', () =>
    withStack(async (fixture) => {
      await fixture.page();
      expect(await fixture.store.replies.answer(sms('ana', 'ack', { channel: 'voice' }))).toEqual({
        kind: 'unknown_sender',
      });
      expect(
        await fixture.store.replies.answer(
          sms('ana', 'ack', { channel: 'email', from: 'Ana <ANA@example.com>' }),
        ),
      ).toMatchObject({
        kind: 'done',
      });
    }));

  it('a stakeholder acknowledges what paged them and resolves nothing, and sees no other incident', () =>
    withStack(async (fixture) => {
      const mine = await fixture.page();
      const other = await fixture.page();
      await fixture.pageNext(mine);
      await fixture.pageNext(mine);
      expect(
        await fixture.store.replies.answer(sms('cleo', `resolve ${await codeOf(fixture, mine, 'cleo')}`)),
      ).toMatchObject({
        kind: 'refused',
        text: expect.stringContaining(`Your role may not resolve ${mine.number}`),
      });
      expect(await fixture.store.replies.answer(sms('cleo', `ack ${other.number}`))).toMatchObject({
        kind: 'refused',
        text: `There is no incident ${other.number} that you may answer.`,
      });
      expect(await fixture.store.replies.answer(sms('cleo', 'ack 999'))).toMatchObject({
        text: 'There is no incident INC-999 that you may answer.',
      });
      expect(await fixture.store.replies.answer(sms('cleo', 'ack'))).toMatchObject({
        kind: 'done',
        incident: mine.number,
      });
    }));

  it.each<[Fate, string]>([
    ['undelivered', 'done'],
    ['being sent', 'done'],
    ['unheard of', 'done'],
    ['refused', 'refused'],
    ['withdrawn', 'refused'],
  ])('a stakeholder whose page is %s, and who names the incident: %s', (fate, kind) =>
    withStack(async (fixture) => {
      const incident = await fixture.page();
      await fixture.query(`UPDATE delivery SET person = 'cleo' WHERE incident_id = $1`, [incident.id]);
      await becomes(fixture, incident, fate);
      const answer = await fixture.store.replies.answer(sms('cleo', `ack ${incident.number}`));
      expect(answer).toMatchObject({ kind });
    }),
  );

  it('somebody else’s delivery is not theirs to answer', () =>
    withStack(async (fixture) => {
      const incident = await fixture.page();
      const [page] = await fixture.deliveries(incident);
      const pressed = sms('cleo', '', { intent: 'acknowledge', about: { delivery: page?.id ?? '' } });
      expect(await fixture.store.replies.answer(pressed)).toMatchObject({ kind: 'refused', incident: null });
      expect(await fixture.status(incident)).toBe('triggered');
    }));

  it('a message that is no page is answered by its link, not by a word', () =>
    withStack(async (fixture) => {
      const incident = await fixture.page();
      const [page] = await fixture.deliveries(incident);
      await fixture.query(`UPDATE delivery SET type = 'approval.requested' WHERE id = $1`, [page?.id]);
      const reply = sms('ana', 'ok', { about: { delivery: page?.key ?? '' } });
      expect(await fixture.store.replies.answer(reply)).toMatchObject({
        kind: 'refused',
        text: 'Open the link in that message to answer it.',
      });
      expect(await fixture.status(incident)).toBe('triggered');
    }));

  it('what is not understood changes nothing and hears what would be', () =>
    withStack(async (fixture) => {
      const incident = await fixture.page();
      for (const text of ['STOP', 'what is this?', '', '\0ack\0ack'])
        expect(await fixture.store.replies.answer(sms('ana', text))).toMatchObject({
          kind: 'not_understood',
          text: expect.stringContaining('Reply ACK'),
        });
      expect(await fixture.status(incident)).toBe('triggered');
    }));

  it('with nothing open there is nothing to answer', () =>
    withStack(async (fixture) => {
      expect(await fixture.store.replies.answer(sms('ana', 'ack'))).toEqual({
        kind: 'refused',
        text: 'Nothing is open that you were paged for.',
        incident: null,
      });
    }));
});
