/** Outcome of a press on a link page, in the words of that page. */
import type { RecordOutcome } from '../../db/incident/record.js';
import type { PositionPart } from '../../domain/incident/position.js';
import type { AnswerOutcome } from './answer.service.js';

export type LinkOutcome =
  /** Decided now, or by an earlier press of the same form: the page shows the current state. */
  | { kind: 'done' }
  | {
      kind: 'refused';
      status: 403 | 409 | 422;
      title: string;
      detail?: string;
      /** The field that has to be filled in differently. */
      wrong: { field: string; message: string } | null;
    };

export const done: LinkOutcome = { kind: 'done' };

export const NOTHING_CHANGED = 'Nothing was changed.';

export const refused = (status: 403 | 409 | 422, title: string, detail?: string): LinkOutcome => ({
  kind: 'refused',
  status,
  title,
  ...(detail === undefined ? {} : { detail }),
  wrong: null,
});

export const wrongField = (field: string, message: string): LinkOutcome => ({
  kind: 'refused',
  status: 422,
  title: message,
  detail: NOTHING_CHANGED,
  wrong: { field, message },
});

export const unknownButton = (): LinkOutcome =>
  refused(422, 'Press one of the buttons', `The form did not say what to do. ${NOTHING_CHANGED}`);

export function recordOutcome(outcome: RecordOutcome): LinkOutcome {
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

const changedText: Readonly<Record<PositionPart, string>> = {
  holder:
    'Somebody answered, or the incident changed, while this page was open; the current state is shown below.',
  steps:
    'The next step was reached while this page was open; see below who is paged now. Press again to go one further.',
  runs: 'A runbook was started while this page was open; what is true now stands below.',
  postmortem: 'The post-mortem changed while this page was open.',
  alerts: 'The alerts changed while this page was open; see below what fires now.',
};

export function answerOutcome(outcome: AnswerOutcome, displayName: string): LinkOutcome {
  switch (outcome.kind) {
    case 'not_allowed':
      return notAllowed(displayName, outcome.role);
    case 'cannot_have_it':
      return wrongField('to', outcome.message);
    case 'changed':
      return refused(409, 'It changed meanwhile', `${changedText[outcome.part]} ${NOTHING_CHANGED}`);
    default:
      return recordOutcome(outcome);
  }
}

export const notAllowed = (displayName: string, role: string | undefined): LinkOutcome =>
  refused(
    403,
    'Your role may not do this',
    `${displayName} is ${role === undefined ? 'no longer known here' : `a ${role}`}; ask a responder. ${NOTHING_CHANGED}`,
  );
