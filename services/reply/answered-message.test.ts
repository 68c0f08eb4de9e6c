/** Of several messages about one incident, the answered one has reached its person; the others prove nothing. */
import { expect, it } from '@jest/globals';
import type { PagedIncident } from '../../db/testing/paged-fixture.js';
import { createReplyServices } from './reply-services.js';
import { type ReplyFixture, sms, withStack } from './testing/texts.js';

interface Message {
  id: string;
  key: string;
}

/** An incident of which two steps paged `ana` over this channel: the older message, then the newer. */
async function pagedTwice(
  fixture: ReplyFixture,
  channel = 'sms',
): Promise<{ incident: PagedIncident; older: Message; newer: Message }> {
  await fixture.query(
    `UPDATE config_object SET spec = CASE kind WHEN 'Person' THEN jsonb_set(spec, '{contacts,0,channel}', to_jsonb($1::text))
                                     ELSE jsonb_set(spec, '{steps,1,notify}', '[{"person": "ana"}]') END
      WHERE kind = 'EscalationPolicy' OR kind = 'Person'`,
    [channel],
  );
  await fixture.query('UPDATE config_head SET version = version + 1');
  const incident = await fixture.page();
  await fixture.pageNext(incident);
  const messages: Message[] = await fixture.query(
    `SELECT id, key FROM delivery WHERE incident_id = $1 AND channel = $2 AND attempts > 0 ORDER BY step`,
    [incident.id, channel],
  );
  const [older, newer] = messages;
  if (older === undefined || newer === undefined)
    throw new Error(`${messages.length} messages instead of two`);
  return { incident, older, newer };
}

async function readIn(fixture: ReplyFixture, { id }: PagedIncident): Promise<string[]> {
  const rows: Message[] = await fixture.query(
    `SELECT id, key FROM delivery WHERE incident_id = $1 AND state = 'delivered' AND receipt = 'read'`,
    [id],
  );
  return rows.map((row) => row.id);
}

it('a pressed digit or button marks the message that carries it, not the newer one', () =>
  withStack(async (fixture) => {
    const { incident, older } = await pagedTwice(fixture);
    await fixture.answer(sms('ana', '', { intent: 'acknowledge', about: { delivery: older.key } }));
    expect(await readIn(fixture, incident)).toEqual([older.id]);
  }));

it('a button in a chat marks the message that it belongs to', () =>
  withStack(async (fixture) => {
    const { incident, older } = await pagedTwice(fixture, 'slack');
    const { chat } = createReplyServices(fixture.store);
    const button = { intent: 'acknowledge', label: 'Acknowledge', delivery: older.key } as const;
    await chat.answerButton({ channel: 'slack', from: '+4930123456', messageId: 'T1' }, button);
    expect(await fixture.status(incident)).toBe('acknowledged');
    expect(await readIn(fixture, incident)).toEqual([older.id]);
  }));

it('a button that another person presses proves nothing about the person whose page it is', () =>
  withStack(async (fixture) => {
    const { incident, older } = await pagedTwice(fixture, 'slack');
    const { chat } = createReplyServices(fixture.store);
    const button = { intent: 'acknowledge', label: 'Acknowledge', delivery: older.key } as const;
    await chat.answerButton({ channel: 'slack', from: '+4930999999', messageId: 'T2' }, button);
    expect(await fixture.status(incident)).toBe('acknowledged');
    expect(await readIn(fixture, incident)).toEqual([]);
  }));

it('a text marks the newest message, with the number of the incident and without', () =>
  withStack(async (fixture) => {
    const { incident, newer } = await pagedTwice(fixture);
    await fixture.answer(sms('ana', `escalate ${incident.number}`));
    expect(await readIn(fixture, incident)).toEqual([newer.id]);
    const other = await fixture.page();
    await fixture.pageNext(other);
    await fixture.answer(sms('ana', 'ack'));
    expect(await readIn(fixture, other)).toHaveLength(1);
  }));

it('a text about an incident that another message bundled marks that message', () =>
  withStack(async (fixture) => {
    const bundled = await fixture.page();
    const shown = await fixture.page();
    const [message] = await fixture.deliveries(shown);
    const page = (await fixture.deliveries(bundled)).find(({ state }) => state === 'planned');
    await fixture.query(
      `UPDATE delivery SET state = 'suppressed', reason = 'bundled', bundle = $2, sent_in_bundle = true WHERE id = $1`,
      [page?.id, message?.id],
    );
    await fixture.answer(sms('ana', `ack ${bundled.number}`));
    expect(await readIn(fixture, shown)).toEqual([message?.id]);
    expect(await fixture.status(bundled)).toBe('acknowledged');
  }));
