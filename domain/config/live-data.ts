/**
 * Data that people change at any time beside the documents: overrides, contacts, personal rules and silences. Every snapshot includes it,
 * so that paging, simulator, preview and calendar agree.
 */
import type { LiveWindow } from '../alert/live-window.js';
import type { LiveSilence } from '../alert/silence.js';
import type { Override, ScheduleRevision } from '../oncall/schedule.js';
import type { QuietHours } from '../people/quiet-hours.js';
import type { ContactSpec, PersonalRule } from '../people/person-spec.js';

export interface LiveData {
  /** Current and future overrides by schedule; later ones win. */
  overrides: ReadonlyMap<string, readonly Override[]>;
  /**
   * Revisions of schedules that were edited or have a start date, oldest first; for other schedules the document is the only
   * revision.
   */
  schedules: ReadonlyMap<string, readonly ScheduleRevision[]>;
  people: ReadonlyMap<string, LivePerson>;
  /** Silences that had not ended when they were read. */
  silences: readonly LiveSilence[];
  /** Maintenance windows with a time to come when they were read. */
  windows: readonly LiveWindow[];
}

export interface LivePerson {
  /**
   * Verified contacts added by the person, without secrets and without dead addresses. A contact with the name of a document's
   * contact replaces that one.
   */
  contacts: readonly ContactSpec[];
  /** Names of the document's contacts that providers report as dead: no message is sent to them. */
  unusable: readonly string[];
  /** The person's own rules; null keeps those of the document. */
  rules: { high: PersonalRule[]; low: PersonalRule[] } | null;
  /** Wall-clock hours in the person's zone in which low-urgency pages wait; null for none. */
  quietHours: QuietHours | null;
}

export const NO_LIVE_DATA: LiveData = {
  overrides: new Map(),
  schedules: new Map(),
  people: new Map(),
  silences: [],
  windows: [],
};
