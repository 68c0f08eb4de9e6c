import { expect, it } from '@jest/globals';
import { countSegments } from '../../domain/delivery/sms-segments.js';
import { createReplyServices } from './reply-services.js';
import { withStack } from './testing/texts.js';

it('the answer to a text has three segments at the most, whatever the incident is called', () =>
  withStack(async (stack) => {
    const { id, number } = await stack.page();
    await stack.query(
      `UPDATE incident SET state = jsonb_set(state, '{title}', to_jsonb(repeat('я', 3000))) WHERE id = $1`,
      [id],
    );
    const limits = { countries: [], dailyLimit: 10, dailyLimitPerPerson: 10 };
    const answer = await createReplyServices(stack.store).phone.answerText(limits, {
      from: '+4930123456',
      text: 'ack',
      messageId: 'SM1',
    });
    expect(answer?.text).toMatch(new RegExp(`^${number} is acknowledged by you: я+\\.\\.\\.$`));
    expect(countSegments(answer?.text ?? '')).toEqual({ encoding: 'UCS-2', segments: 3 });
  }));

it('a text that arrives twice at once is counted and told as new once', () =>
  withStack(async (stack) => {
    const { number } = await stack.page();
    const { phone } = createReplyServices(stack.store);
    const limits = { countries: [], dailyLimit: 10, dailyLimitPerPerson: 10 };
    const copy = { from: '+4930123456', text: 'ack', messageId: 'SM2' };
    const answers = await Promise.all([phone.answerText(limits, copy), phone.answerText(limits, copy)]);
    const text = expect.stringContaining(`${number} is acknowledged by you`);
    expect(answers).toContainEqual({ text, isRepeated: false });
    expect(answers).toContainEqual({ text, isRepeated: true });
    expect(
      await stack.query(`SELECT count FROM paid_message_count WHERE scope = 'person:replies to +4930123456'`),
    ).toEqual([{ count: 1 }]);
  }));
