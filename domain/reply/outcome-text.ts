/** Result of a recorded answer → what its sender is told, and whether it did what they asked. Pure. */
import type { IncidentEvent } from '../incident/events.js';
import type { IncidentState } from '../incident/state.js';
import type { ReplyIntent } from './grammar.js';
import { type AnsweredOne, doneText, type NameOf, statusText } from './reply-text.js';
import { plain } from '../shared/plain-text.js';

/** Result of the answer, as the record gave it. */
export type AnswerResult =
  | { kind: 'accepted'; state: IncidentState; events: readonly IncidentEvent[] }
  | { kind: 'unchanged' }
  | { kind: 'refused'; code: string; detail: string }
  /** The person's role lacks the permission. */
  | { kind: 'not_allowed' };

/** Refusals whose reason does not follow from the incident's status. */
const EXPLAINED: readonly string[] = ['nobody_left', 'merged', 'went_on'];

/** `before`: the state that the answer found. */
export function outcomeText(
  intent: ReplyIntent,
  result: AnswerResult,
  { before, now, nameOf }: { before: IncidentState; now: string; nameOf: NameOf },
): AnsweredOne {
  const { number } = before;
  const status = statusText(before, now, nameOf);
  const says = (isDone: boolean, text: string): AnsweredOne => ({
    isDone,
    text: (before.drill === null ? '' : 'DRILL: ') + plain(text),
    number,
  });
  switch (result.kind) {
    case 'not_allowed':
      return says(false, `Your role may not ${intent} ${number}. ${status}`);
    case 'refused':
      return says(false, `${EXPLAINED.includes(result.code) ? `${result.detail}. ` : ''}${status}`);
    case 'unchanged':
      return says(
        intent === 'acknowledge',
        `${intent === 'escalate' ? `${number}: the next step is being paged already. ` : ''}${status}`,
      );
    case 'accepted': {
      // Another person was first and no step waited for this answer: it is recorded, but changed nothing.
      const changed = result.events.some(
        (event) =>
          event.kind !== 'acknowledged' || before.status === 'triggered' || event.data.answered.length > 0,
      );
      const isEscalated = result.events.some((event) => event.kind === 'escalated');
      return changed
        ? says(true, doneText(intent, { state: result.state, isEscalated }))
        : says(false, status);
    }
  }
}
