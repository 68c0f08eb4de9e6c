/** Outcome of a press on a link page. */
import type { RecordOutcome } from '../../db/incident/record.js';
import type { Flash } from '../ui/notice.js';
import type { LinkView } from './link-frame.js';

export type LinkOutcome =
  /** Decided now, or by an earlier press of the same form: the page shows the current state. */
  { kind: 'done' } | { kind: 'refused'; status: 403 | 409 | 422; flash: Flash; wrong: LinkView['wrong'] };

export const done: LinkOutcome = { kind: 'done' };

export const NOTHING_CHANGED = 'Nothing was changed.';

export const refused = (
  status: 403 | 409 | 422,
  title: string,
  detail?: string,
  wrong: LinkView['wrong'] = null,
): LinkOutcome => ({
  kind: 'refused',
  status,
  flash: { tone: 'warn', title, ...(detail === undefined ? {} : { detail }) },
  wrong,
});

export const unknownButton = (): LinkOutcome =>
  refused(422, 'Press one of the buttons', `The form did not say what to do. ${NOTHING_CHANGED}`);

export function outcomeOf(outcome: RecordOutcome): LinkOutcome {
  switch (outcome.kind) {
    case 'accepted':
    case 'unchanged':
      return done;
    case 'not_found':
      return refused(409, 'What this link asked about no longer exists');
    case 'refused':
      return refused(409, 'Not done', outcome.detail);
  }
}
