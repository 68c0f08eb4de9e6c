/**
 * Records the answer to a page, whichever way it arrives: link page, one-tap in a push message, SMS, chat button. In
 * the caller's transaction: marks the page as reached, records the command, and stores a comment on an
 * acknowledgement as a note.
 */
import type { EntityManager } from 'typeorm';
import type { IncidentCommand } from '../../domain/incident/commands.js';
import type { LockedIncident } from '../incident/incident-row.js';
import { markDeliveryReached, markReached } from './reached.js';
import type { Recorder, RecordOutcome } from '../incident/record.js';

export interface PageAnswer {
  person: string;
  command: IncidentCommand;
  comment: string | null;
  /** Position of the incident when the person decided (`positionOf`); left out by channels that show no position. */
  seen?: string | undefined;
  /** The answered message: its row in the ledger, or the channel through which the answer arrived. */
  via: { delivery: string } | { channel: string } | null;
}

export async function answerPage(
  tx: EntityManager,
  recorder: Recorder,
  locked: LockedIncident,
  { person, command, comment, seen, via }: PageAnswer,
): Promise<RecordOutcome> {
  const incidentId = locked.state.id;
  if (via !== null && 'delivery' in via) await markDeliveryReached(tx, via.delivery);
  if (via !== null && 'channel' in via)
    await markReached(tx, { incident: incidentId, person, channel: via.channel });
  const asked = { incidentId, actor: person };
  const outcome = await recorder.recordLocked(tx, locked, {
    ...asked,
    command,
    seen,
    unseen: seen === undefined,
  });
  if (command.type !== 'acknowledge' || comment === null) return outcome;
  if (outcome.kind !== 'accepted' && outcome.kind !== 'unchanged') return outcome;
  const noted = await recorder.recordLocked(
    tx,
    { ...locked, state: outcome.state },
    { ...asked, command: { type: 'note', text: comment } },
  );
  if (noted.kind !== 'accepted') return noted;
  return { ...noted, events: [...outcome.events, ...noted.events] };
}
