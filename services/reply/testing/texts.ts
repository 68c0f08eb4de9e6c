/** Texts of the people of `pagedFixture`, and what became of the texts that paged them. */
import type { InboundReply, ReplyResult } from '../inbound-reply.service.js';
import { createReplyServices } from '../reply-services.js';
import { smsCode } from '../../../shared/keys.js';
import { withDatabase } from '../../../test/harness/database.js';
import { type PagedFixture, pagedFixture, type PagedIncident } from '../../../db/testing/paged-fixture.js';

const phones = { ana: '+4930123456', bo: '+4930999999', cleo: '+4930777777' };
let sent = 0;

export interface ReplyFixture extends PagedFixture {
  answer(reply: InboundReply): Promise<ReplyResult>;
}

export const withStack = (work: (fixture: ReplyFixture) => Promise<void>) =>
  withDatabase(async (db) => {
    const fixture = await pagedFixture(db);
    const { replies } = createReplyServices(fixture.store);
    await work({ ...fixture, answer: (reply) => replies.answer(reply) });
  });

export const sms = (
  who: keyof typeof phones,
  text: string,
  more: Partial<InboundReply> = {},
): InboundReply => ({
  channel: 'sms',
  from: phones[who],
  text,
  messageId: `SM${++sent}`,
  ...more,
});

/** The code in the SMS about this incident. */
export async function codeOf(
  fixture: PagedFixture,
  incident: PagedIncident,
  who: keyof typeof phones = 'ana',
): Promise<string> {
  const page = (await fixture.deliveries(incident)).find(
    ({ person, channel }) => person === who && channel === 'sms',
  );
  return smsCode(fixture.store.rootKeys[0], page?.key ?? '');
}

export type Fate = 'undelivered' | 'refused' | 'withdrawn' | 'being sent' | 'unheard of';

/** Replaces the accepted outcome of the SMS about this incident with another one. */
export async function becomes(fixture: PagedFixture, incident: PagedIncident, fate: Fate): Promise<void> {
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
