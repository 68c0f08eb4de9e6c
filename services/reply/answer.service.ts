/**
 * An answer to a page, whichever way it arrives: link page, one-tap button, text, call, chat, mail. In the transaction of the way,
 * which makes it happen once: checks what the person may do and whether they answer what they saw, marks the contact as reached,
 * records the command, and stores a comment on an acknowledgement as a note.
 */
import type { EntityManager } from 'typeorm';
import type { LockedIncident } from '../../db/incident/incident-row.js';
import type { Recorder, RecordOutcome } from '../../db/incident/record.js';
import type { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import { markDeliveryReached, markNewestReached } from '../../db/reply/reached.js';
import { stepOfDelivery } from '../../db/reply/reply-pages.js';
import type { Role } from '../../domain/config/terms.js';
import type { PositionPart } from '../../domain/incident/position.js';
import { handOverProblem, roleOf } from '../../domain/people/hand-over.js';
import { mayPress } from '../../domain/reply/may-press.js';
import { type PageStep, wentOnTo } from '../../domain/reply/page-command.js';
import { type AnswerForm, buttonCommand, changedSince } from '../../domain/reply/page-form.js';
import type { AnsweredMessage } from './meant-incidents.js';

export interface PageAnswer {
  person: { name: string; displayName: string };
  form: AnswerForm;
  /** Position of the incident that the person saw (`positionOf`); null when the way shows none. */
  seen: string | null;
  /** The answered message: its row in the ledger; or the reply over a channel. */
  via: { delivery: string } | ReplyVia | null;
}

export interface ReplyVia {
  answered: AnsweredMessage;
  /** The step that sent the page; null when no step did, or when the reply names no page. */
  from: PageStep | null;
}

export type AnswerOutcome =
  | RecordOutcome
  /** The role of the person lacks the permission. */
  | { kind: 'not_allowed'; role: Role | undefined }
  /** The incident cannot be reassigned to the named person. */
  | { kind: 'cannot_have_it'; message: string }
  /** This part of what the person saw has changed since. */
  | { kind: 'changed'; part: PositionPart };

export class AnswerService {
  constructor(
    private readonly recorder: Recorder,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  async answer(tx: EntityManager, locked: LockedIncident, answer: PageAnswer): Promise<AnswerOutcome> {
    const { person, form, seen } = answer;
    const { state, now } = locked;
    const refusal = await this.refusalOf(tx, locked, answer);
    if (refusal !== null) return refusal;
    const incidentId = state.id;
    await markReached(tx, incidentId, answer);
    const asked = { incidentId, actor: person.name };
    const outcome = await this.recorder.recordLocked(tx, locked, {
      ...asked,
      command: buttonCommand(state, person, form, now),
      unseen: seen === null,
    });
    if (form.button !== 'acknowledge' || form.comment === null) return outcome;
    if (outcome.kind !== 'accepted' && outcome.kind !== 'unchanged') return outcome;
    const noted = await this.recorder.recordLocked(
      tx,
      { ...locked, state: outcome.state },
      { ...asked, command: { type: 'note', text: form.comment } },
    );
    if (noted.kind !== 'accepted') return noted;
    return { ...noted, events: [...outcome.events, ...noted.events] };
  }

  private async refusalOf(
    tx: EntityManager,
    { state, configVersion }: LockedIncident,
    { person, form, seen, via }: PageAnswer,
  ): Promise<AnswerOutcome | null> {
    const { button, to } = form;
    const snapshot = await this.snapshots.at(tx, configVersion);
    const role = roleOf(snapshot, person.name);
    if (!mayPress(role, button)) return { kind: 'not_allowed', role };
    const message = button === 'hand_over' && to !== null ? handOverProblem(to, snapshot) : null;
    if (message !== null) return { kind: 'cannot_have_it', message };
    const part = seen === null ? null : changedSince(button, seen, state);
    if (part !== null) return { kind: 'changed', part };
    // Who saw the current state escalates from there; who answers a message means the step that sent it.
    if (button !== 'escalate' || seen !== null || via === null) return null;
    const step = wentOnTo(state, 'delivery' in via ? await stepOfDelivery(tx, via.delivery) : via.from);
    return step === null ? null : { kind: 'refused', ...goneOn(state.number, step), state, events: [] };
  }
}

async function markReached(tx: EntityManager, incident: string, { person, via }: PageAnswer): Promise<void> {
  const message = via !== null && 'answered' in via ? via.answered : via;
  if (message === null) return;
  if ('delivery' in message) await markDeliveryReached(tx, message.delivery);
  else await markNewestReached(tx, { incident, person: person.name, channel: message.newestOver });
}

const goneOn = (number: string, step: number): { code: string; detail: string } => ({
  code: 'went_on',
  detail: `${number} has gone on to ${step === 0 ? 'somebody by name' : `step ${step}`} already`,
});
