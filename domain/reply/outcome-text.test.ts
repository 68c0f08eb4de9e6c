import { describe, expect, it } from '@jest/globals';
import type { IncidentCommand } from '../incident/commands.js';
import { at, IncidentBuilder } from '../incident/testing/incident-builder.js';
import type { ReplyIntent } from './grammar.js';
import { type AnswerResult, outcomeText } from './outcome-text.js';

const nameOf = (person: string): string => (person === 'ana' ? 'you' : 'Bo Lind');

function paged(): IncidentBuilder {
  const built = new IncidentBuilder();
  built.page(['ana', 'bo']);
  return built;
}

/** Ana's command on this incident, as the record gives its result. */
function said(built: IncidentBuilder, intent: ReplyIntent, command: IncidentCommand) {
  const before = built.state;
  const kind = built.ask(command, { seconds: 60, actor: 'ana' });
  const result: AnswerResult =
    kind === 'accepted'
      ? { kind, state: built.state, events: built.events.filter(({ seq }) => seq > before.seq) }
      : { kind: 'unchanged' };
  return outcomeText(intent, result, { before, now: at(60), nameOf });
}

describe('what a sender is told', () => {
  it('of an acknowledgement that counts', () => {
    expect(said(paged(), 'acknowledge', { type: 'acknowledge', person: 'ana' })).toEqual({
      isDone: true,
      number: 'INC-1',
      text: 'INC-1 is acknowledged by you: Replica lag',
    });
  });

  it('of one that came second: who was first, and when', () => {
    const built = paged();
    built.ask({ type: 'acknowledge', person: 'bo' }, { seconds: 48, actor: 'bo' });
    expect(said(built, 'acknowledge', { type: 'acknowledge', person: 'ana' })).toMatchObject({
      isDone: false,
      text: 'INC-1 was already acknowledged by Bo Lind, 12 s ago.',
    });
  });

  it('of a repeated one: it is done', () => {
    const built = paged();
    built.ask({ type: 'acknowledge', person: 'ana' }, { seconds: 48, actor: 'ana' });
    expect(said(built, 'acknowledge', { type: 'acknowledge', person: 'ana' })).toMatchObject({
      isDone: true,
      text: 'INC-1 was already acknowledged by you, 12 s ago.',
    });
  });

  it('of "can\'t take it"', () => {
    expect(said(paged(), 'decline', { type: 'decline', person: 'ana', comment: null })).toMatchObject({
      isDone: true,
      text: expect.stringMatching(/^INC-1: noted that you can't take it; /),
    });
  });

  const open = 'INC-1 is open and nobody has acknowledged it.';
  it.each<[ReplyIntent, AnswerResult, string]>([
    ['resolve', { kind: 'not_allowed' }, `Your role may not resolve INC-1. ${open}`],
    [
      'escalate',
      { kind: 'refused', code: 'went_on', detail: 'INC-1 has gone on to step 2 already' },
      `INC-1 has gone on to step 2 already. ${open}`,
    ],
    [
      'escalate',
      { kind: 'refused', code: 'nobody_left', detail: 'Nobody is left' },
      `Nobody is left. ${open}`,
    ],
    ['acknowledge', { kind: 'refused', code: 'over', detail: 'It is over' }, open],
    ['escalate', { kind: 'unchanged' }, `INC-1: the next step is being paged already. ${open}`],
    ['resolve', { kind: 'unchanged' }, open],
  ])('of %s that is %j', (intent, result, text) => {
    expect(outcomeText(intent, result, { before: paged().state, now: at(60), nameOf })).toEqual({
      isDone: false,
      number: 'INC-1',
      text,
    });
  });

  it('of a drill: that it is one', () => {
    const before = { ...paged().state, drill: 'weekly' };
    expect(outcomeText('resolve', { kind: 'not_allowed' }, { before, now: at(60), nameOf }).text).toMatch(
      /^DRILL: Your role/,
    );
  });
});
