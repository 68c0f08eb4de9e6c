/** Documents of kind Team and Person (docs/configuration.md). */
import type { Role, Weekday } from '../config/terms.js';
import type { Duration } from '../shared/duration.js';

export interface TeamSpec {
  displayName: string;
  /** `development`, `infrastructure`, `security`, `support` or any other slug. */
  discipline: string;
  timezone: string;
  members: string[];
  managers: string[];
  calendar?: { days: Weekday[]; from: string; to: string; holidays: string[] };
}

export interface ContactSpec {
  name: string;
  channel: string;
  address: string;
  /**
   * Signing secret of a `webhook` contact (`whsec_…`), derived from the root key when left out; of a `webpush` contact the
   * subscription's keys as JSON (`{"p256dh":"…","auth":"…"}`).
   */
  secret?: string;
}

export interface PersonalRule {
  after: Duration;
  contact: string;
}

export interface PersonSpec {
  displayName: string;
  email: string;
  timezone: string;
  role: Role;
  contacts: ContactSpec[];
  rules: { high: PersonalRule[]; low: PersonalRule[] };
}
