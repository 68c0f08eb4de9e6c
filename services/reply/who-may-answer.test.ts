import { describe, expect, it } from '@jest/globals';
import { becomes, codeOf, type Fate, sms, withStack } from './testing/texts.js';

describe('who may not', () => {
  it('an unknown sender is answered nothing and recorded; so is a repeat of it', () =>
    withStack(async (fixture) => {
      const incident = await fixture.page();
      const reply = sms('ana', 'ack', { from: '+15005550006' });
      expect(await fixture.answer(reply)).toEqual({ kind: 'unknown_sender' });
      expect(await fixture.answer(reply)).toEqual({ kind: 'unknown_sender' });
      expect(await fixture.status(incident)).toBe('triggered');
      expect(await fixture.query('SELECT sender, person, outcome FROM inbound_reply')).toEqual([
        { sender: '…06', person: null, outcome: 'unknown_sender' },
      ]);
    }));

  it('a number of one channel is nobody on another', () =>
    withStack(async (fixture) => {
      await fixture.page();
      expect(await fixture.answer(sms('ana', 'ack', { channel: 'voice' }))).toEqual({
        kind: 'unknown_sender',
      });
      expect(
        await fixture.answer(sms('ana', 'ack', { channel: 'email', from: 'Ana <ANA@example.com>' })),
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
        await fixture.answer(sms('cleo', `resolve ${await codeOf(fixture, mine, 'cleo')}`)),
      ).toMatchObject({
        kind: 'refused',
        text: expect.stringContaining(`Your role may not resolve ${mine.number}`),
      });
      expect(await fixture.answer(sms('cleo', `ack ${other.number}`))).toMatchObject({
        kind: 'refused',
        text: `There is no incident ${other.number} that you may answer.`,
      });
      expect(await fixture.answer(sms('cleo', 'ack 999'))).toMatchObject({
        text: 'There is no incident INC-999 that you may answer.',
      });
      expect(await fixture.answer(sms('cleo', 'ack'))).toMatchObject({
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
      const answer = await fixture.answer(sms('cleo', `ack ${incident.number}`));
      expect(answer).toMatchObject({ kind });
    }),
  );

  it('somebody else’s delivery is not theirs to answer', () =>
    withStack(async (fixture) => {
      const incident = await fixture.page();
      const [page] = await fixture.deliveries(incident);
      const pressed = sms('cleo', '', { intent: 'acknowledge', about: { delivery: page?.id ?? '' } });
      expect(await fixture.answer(pressed)).toMatchObject({ kind: 'refused', incident: null });
      expect(await fixture.status(incident)).toBe('triggered');
    }));

  it('a message that is no page is answered by its link, not by a word', () =>
    withStack(async (fixture) => {
      const incident = await fixture.page();
      const [page] = await fixture.deliveries(incident);
      await fixture.query(`UPDATE delivery SET type = 'approval.requested' WHERE id = $1`, [page?.id]);
      const reply = sms('ana', 'ok', { about: { delivery: page?.key ?? '' } });
      expect(await fixture.answer(reply)).toMatchObject({
        kind: 'refused',
        text: 'Open the link in that message to answer it.',
      });
      expect(await fixture.status(incident)).toBe('triggered');
    }));

  it('what is not understood changes nothing and hears what would be', () =>
    withStack(async (fixture) => {
      const incident = await fixture.page();
      for (const text of ['STOP', 'what is this?', '', '\0ack\0ack'])
        expect(await fixture.answer(sms('ana', text))).toMatchObject({
          kind: 'not_understood',
          text: expect.stringContaining('Reply ACK'),
        });
      expect(await fixture.status(incident)).toBe('triggered');
    }));

  it('with nothing open there is nothing to answer', () =>
    withStack(async (fixture) => {
      expect(await fixture.answer(sms('ana', 'ack'))).toEqual({
        kind: 'refused',
        text: 'Nothing is open that you were paged for.',
        incident: null,
      });
    }));
});
