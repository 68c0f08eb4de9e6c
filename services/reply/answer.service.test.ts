/** One answer, by every way: what it leaves behind is the same. */
import { describe, expect, it } from '@jest/globals';
import type { PagedIncident } from '../../db/testing/paged-fixture.js';
import { bareTap } from './link-press.js';
import { createLinkServices, createReplyServices } from './reply-services.js';
import { type ReplyFixture, sms, withStack } from './testing/texts.js';

type Way = (fixture: ReplyFixture, incident: PagedIncident) => Promise<unknown>;

const byLink =
  (comment: string | null): Way =>
  async ({ store }, { link: token }) => {
    const { views, answers } = createLinkServices(store);
    const link = await views.open(token);
    if (link === null) throw new Error('the link cannot be opened');
    const nonce = await views.mintNonce(link);
    return answers.decide(link, { ...bareTap, decision: 'acknowledge', nonce, hash: nonce, comment });
  };
const byTap: Way = async ({ store }, { link: token }) => {
  const { views, answers } = createLinkServices(store);
  const link = await views.open(token);
  if (link === null) throw new Error('the link cannot be opened');
  return answers.tap(link, 'acknowledge');
};
const byText: Way = (fixture) => fixture.answer(sms('ana', 'ack'));
const byMail: Way = async (fixture, incident) => {
  const [page] = await fixture.deliveries(incident);
  // The page went by mail, as far as this way is concerned.
  await fixture.query(
    `UPDATE delivery SET channel = 'email', contact = 'mail', address = 'Ana@Example.com' WHERE id = $1`,
    [page?.id],
  );
  const mail = { key: page?.key ?? '', from: 'ana@example.com', text: 'ack', messageId: 'm1' };
  return createReplyServices(fixture.store).mail.answer(mail);
};
const byDigit: Way = async (fixture, incident) => {
  const [page] = await fixture.deliveries(incident);
  await fixture.query(
    `UPDATE config_object SET spec = jsonb_set(spec, '{contacts,0,channel}', '"voice"') WHERE kind = 'Person' AND name = 'ana'`,
  );
  await fixture.query('UPDATE config_head SET version = version + 1');
  await fixture.query(`UPDATE delivery SET channel = 'voice' WHERE id = $1`, [page?.id]);
  const digit = { from: '+4930123456', digits: '4', tag: page?.key ?? '', callId: 'CA1' };
  return createReplyServices(fixture.store).phone.answerDigits(digit);
};

const ways: [string, Way][] = [
  ['the page of a link', byLink(null)],
  ['a one-tap button', byTap],
  ['a text', byText],
  ['a mail', byMail],
  ['a digit', byDigit],
];

describe.each(ways)('an acknowledgement by %s', (_name, way) => {
  it('acknowledges in the name of the person, marks the message as read and the contact as reached', () =>
    withStack(async (fixture) => {
      const incident = await fixture.page();
      await way(fixture, incident);
      expect(
        await fixture.query(`SELECT status, state->>'acknowledgedBy' AS by FROM incident WHERE id = $1`, [
          incident.id,
        ]),
      ).toEqual([{ status: 'acknowledged', by: 'ana' }]);
      const [{ contact, address, ...page } = { contact: '', address: '' }] = await fixture.query(
        `SELECT contact, address, state, receipt FROM delivery WHERE incident_id = $1 AND attempts > 0`,
        [incident.id],
      );
      expect(page).toEqual({ state: 'delivered', receipt: 'read' });
      expect(
        await fixture.query(
          `SELECT last_reached_at IS NOT NULL AS reached FROM contact_status WHERE person = 'ana' AND contact = $1 AND address = $2`,
          [contact, address],
        ),
      ).toEqual([{ reached: true }]);
    }));
});

it('a comment beside an acknowledgement is kept as a note of the same person', () =>
  withStack(async (fixture) => {
    const incident = await fixture.page();
    await byLink('Failing over')(fixture, incident);
    expect(
      await fixture.query(
        `SELECT kind, actor, data->>'text' AS text FROM incident_event
          WHERE incident_id = $1 AND kind IN ('acknowledged', 'noted') ORDER BY seq`,
        [incident.id],
      ),
    ).toEqual([
      { kind: 'acknowledged', actor: 'ana', text: null },
      { kind: 'noted', actor: 'ana', text: 'Failing over' },
    ]);
  }));
