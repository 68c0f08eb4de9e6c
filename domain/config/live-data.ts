/**
 * What people change at any time beside the documents: who stands in for whom, and how each one is reached. Part of every
 * snapshot, so paging, simulator, preview and calendar see the same.
 */
import type { Override, ScheduleRevision } from '../oncall/schedule.js';
import type { QuietHours } from '../people/quiet-hours.js';
import type { ContactSpec, PersonalRule } from './specs.js';

export interface LiveData {
  /** In force or still to come, by schedule; later ones win. */
  overrides: ReadonlyMap<string, readonly Override[]>;
  /** Revisions of schedules that were edited or have a date, oldest first; of the others the document is the only one. */
  schedules: ReadonlyMap<string, readonly ScheduleRevision[]>;
  people: ReadonlyMap<string, LivePerson>;
}

export interface LivePerson {
  /** Verified contacts made by the person, without their secrets; no dead ones. One with the name of a document's contact takes its place. */
  contacts: readonly ContactSpec[];
  /** Names of contacts of the document that providers call dead: nothing is sent there. */
  unusable: readonly string[];
  /** The person's own rules; null leaves those of the document in force. */
  rules: { high: PersonalRule[]; low: PersonalRule[] } | null;
  /** Wall-clock hours in the person's zone in which low urgency waits; null for none. */
  quietHours: QuietHours | null;
}

export const NO_LIVE_DATA: LiveData = { overrides: new Map(), schedules: new Map(), people: new Map() };
