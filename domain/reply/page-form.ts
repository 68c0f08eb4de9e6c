/** The form of a page's link: the request of each button, its permission and its required fields. Pure. */
import type { Permission } from '../access/permissions.js';
import type { IncidentCommand } from '../incident/commands.js';
import { changedPart, type PositionedIncident, type PositionPart } from '../incident/position.js';
import type { IncidentState } from '../incident/state.js';
import { durationMs } from '../shared/duration.js';
import { pageCommand } from './page-command.js';

/** The first three answer the page itself and are known to scripts; the others are for people working on the incident. */
export const PAGE_BUTTONS = [
  'acknowledge',
  'escalate',
  'decline',
  'update',
  'note',
  'resolve',
  'hand_over',
  'snooze',
  'complete_step',
  'skip_step',
  'approve',
  'reject',
] as const;
export type PageButton = (typeof PAGE_BUTTONS)[number];

/** Recorded when the holder presses "Still on it" without a text. */
const STILL_ON_IT = 'Still on it.';

export const SNOOZE_CHOICES = [
  { value: '30m', text: '30 minutes' },
  { value: '1h', text: '1 hour' },
  { value: '4h', text: '4 hours' },
  { value: '12h', text: '12 hours' },
] as const;

export interface PageForm {
  button: PageButton;
  comment: string | null;
  /** The person to reassign to. */
  to: string | null;
  snoozeFor: string | null;
  run: string | null;
  step: string | null;
  /** Digest of the approval's content as the form showed it. */
  digest: string | null;
}

/** A form that answers the page or works on the incident; approvals are decided by the run, which knows the entitled people. */
export type AnswerForm = PageForm & { button: Exclude<PageButton, 'approve' | 'reject'> };

/** The form of an answer without fields: a word, a digit, a pressed button. */
export const bareForm = (button: AnswerForm['button']): AnswerForm => ({
  button,
  comment: null,
  to: null,
  snoozeFor: null,
  run: null,
  step: null,
  digest: null,
});

/** Null: a paged person may answer the page in any role. */
export const PERMISSION_FOR: Readonly<Record<PageButton, Permission | null>> = {
  acknowledge: null,
  escalate: null,
  decline: null,
  update: 'incidents.respond',
  note: 'incidents.respond',
  resolve: 'incidents.respond',
  hand_over: 'incidents.respond',
  snooze: 'incidents.respond',
  complete_step: 'runbooks.run',
  skip_step: 'runbooks.run',
  approve: 'runbooks.approve',
  reject: 'runbooks.approve',
};

export interface WrongField {
  field: 'comment' | 'to' | 'for';
  message: string;
}

/** The missing field of a button; null when none is missing. */
export function missingIn({ button, comment, to, snoozeFor }: PageForm): WrongField | null {
  if (button === 'note' && comment === null) return { field: 'comment', message: 'Write the note first.' };
  if (button === 'skip_step' && comment === null)
    return { field: 'comment', message: 'Write why the step is skipped.' };
  if (button === 'hand_over' && to === null) return { field: 'to', message: 'Choose who is to have it.' };
  if (button === 'snooze' && !SNOOZE_CHOICES.some(({ value }) => value === snoozeFor))
    return { field: 'for', message: 'Choose how long paging is to wait.' };
  return null;
}

/** `now`: database time. */
export function buttonCommand(
  state: Pick<IncidentState, 'escalations' | 'responders'>,
  person: { name: string; displayName: string },
  form: AnswerForm,
  now: string,
): IncidentCommand {
  const { button, comment } = form;
  const at = { run: form.run ?? '', step: form.step ?? '', person: person.name };
  switch (button) {
    case 'acknowledge':
    case 'escalate':
    case 'decline':
    case 'resolve':
      return pageCommand(state, person, button, comment);
    case 'update':
    case 'note':
      return { type: 'note', text: comment ?? STILL_ON_IT };
    case 'hand_over':
      return { type: 'unacknowledge', reason: comment, to: form.to ?? '' };
    case 'snooze':
      return {
        type: 'snooze',
        until: new Date(Date.parse(now) + durationMs(form.snoozeFor ?? '30m')).toISOString(),
      };
    case 'complete_step':
      return { type: 'complete_step', ...at, comment };
    case 'skip_step':
      return { type: 'skip_step', ...at, reason: comment ?? '' };
  }
}

/**
 * A button is refused when the relevant part of the shown state has changed since: it would take the incident from another
 * person, skip a step, or resolve an incident that fires again.
 */
const judged: Readonly<Partial<Record<PageButton, readonly PositionPart[]>>> = {
  acknowledge: ['holder'],
  escalate: ['holder', 'steps'],
  decline: ['holder', 'steps'],
  update: ['holder'],
  hand_over: ['holder'],
  snooze: ['holder'],
  resolve: ['holder', 'alerts'],
};

/** The changed part that the button depends on; null when the button may act. A form without a position comes from a script. */
export const changedSince = (
  button: PageButton,
  seen: string,
  incident: PositionedIncident,
): PositionPart | null => (seen === '' ? null : changedPart(seen, incident, judged[button] ?? []));
