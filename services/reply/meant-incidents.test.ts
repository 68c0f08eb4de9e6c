import { describe, expect, it } from '@jest/globals';
import { becomes, codeOf, type Fate, sms, withStack } from './testing/texts.js';

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
      const answer = await fixture.answer(sms('ana', '4'));
      expect(answer).toMatchObject({ kind: 'done', incident: (meant === 'older' ? older : newer).number });
    }),
  );

  it.each<[Fate, object]>([
    ['undelivered', { kind: 'refused', text: 'Nothing is open that you were paged for.' }],
    ['being sent', { kind: 'done' }],
  ])('when the only text is %s is answered %j', (fate, answer) =>
    withStack(async (fixture) => {
      await becomes(fixture, await fixture.page(), fate);
      expect(await fixture.answer(sms('ana', 'ack'))).toMatchObject(answer);
    }),
  );

  it('and "all" leave alone what did not arrive', () =>
    withStack(async (fixture) => {
      const arrived = await fixture.page();
      const lost = await fixture.page();
      await becomes(fixture, lost, 'undelivered');
      await fixture.answer(sms('ana', `ack all ${await codeOf(fixture, arrived)}`));
      expect([await fixture.status(arrived), await fixture.status(lost)]).toEqual([
        'acknowledged',
        'triggered',
      ]);
    }));
});
