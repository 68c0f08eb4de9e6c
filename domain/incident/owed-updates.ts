/**
 * Updates that a response plan asks for while somebody has an incident (`updates.every`): what the commander, else the holder, writes
 * for everybody who is not in the room. A missing one is reminded of; then managers and admins are told, as of an overdue review.
 */
import type { IncidentEvent } from './events.js';
import { holderOf, isPerson } from './holder.js';
import { isQuiet } from './quiet.js';
import type { IncidentState, OwedUpdates } from './state.js';

type Owing = Pick<
  IncidentState,
  'status' | 'acknowledgedBy' | 'commander' | 'snoozedUntil' | 'resolvesAt' | 'updates'
>;

/** Reminders at the pace of the updates; later ones come once a day. */
const AT_PACE = 3;
const LATER_MS = 86_400_000;

/** Who writes the updates; null when only a source or a key acknowledged. */
export const updateWriter = (state: Owing): string | null => state.commander ?? holderOf(state);

/** Nobody has it: it pages. Snoozed, or nothing fires any more: nothing is going on that others should hear of. */
const isOwed = (state: Owing): boolean =>
  state.status === 'acknowledged' &&
  state.snoozedUntil === null &&
  !isQuiet(state) &&
  updateWriter(state) !== null;

/** When the next update is due, overdue or not; null when none is owed. */
export function nextUpdateDue({ updates }: Pick<IncidentState, 'updates'>): string | null {
  if (updates === undefined || updates.since === null) return null;
  return new Date(Date.parse(updates.since) + updates.everyMs).toISOString();
}

/** The next reminder, with its number from 1; null when no update is owed. */
export function nextUpdateReminder({
  updates,
}: Pick<IncidentState, 'updates'>): { at: string; reminder: number } | null {
  if (updates === undefined || updates.since === null) return null;
  const { everyMs, since, reminders } = updates;
  const later = Math.max(0, reminders - (AT_PACE - 1));
  const afterMs = everyMs * Math.min(reminders + 1, AT_PACE) + later * Math.max(everyMs, LATER_MS);
  return { at: new Date(Date.parse(since) + afterMs).toISOString(), reminder: reminders + 1 };
}

const isUpdate = (event: IncidentEvent): boolean =>
  event.kind === 'noted' && isPerson(event.onBehalfOf ?? event.actor);

/** `before`: null for the event that opened it. `next`: the incident with the event folded in. */
export function updatesAfter(
  before: IncidentState | null,
  next: IncidentState,
  event: IncidentEvent,
): OwedUpdates | undefined {
  const everyMs = plannedEvery(event) ?? before?.updates?.everyMs ?? 0;
  if (everyMs === 0 && before?.updates === undefined) return undefined;
  if (everyMs === 0 || !isOwed(next)) return { everyMs, since: null, reminders: 0 };
  const kept = before?.updates;
  const restarts = kept === undefined || kept.since === null || kept.everyMs !== everyMs || isUpdate(event);
  if (restarts) return { everyMs, since: event.at, reminders: 0 };
  return event.kind === 'update_overdue' ? { ...kept, reminders: event.data.reminder } : kept;
}

const plannedEvery = (event: IncidentEvent): number | undefined =>
  event.kind === 'opened' || event.kind === 'priority_set' ? event.data.updatesEveryMs : undefined;
