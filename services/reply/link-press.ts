/** A press on a link page, as its form or its one-tap button sends it. */
import type { EntityManager } from 'typeorm';
import type { LockedIncident } from '../../db/incident/incident-row.js';
import type { LinkOutcome } from './link-outcome.js';

/** Pressed button with the fields of its form; `null` for an empty one. */
export interface LinkPress {
  decision: string;
  nonce: string;
  /** Hash of the button and all fields: the same hash is a second tap, another one is another request. */
  hash: string;
  comment: string | null;
  to: string | null;
  snoozeFor: string | null;
  run: string | null;
  step: string | null;
  digest: string | null;
  /** Why incidents are pulled out of a digest, into which kind of post-mortem, and which. */
  reason: string | null;
  kind: string | null;
  pull: string[];
  /** Position of the incident that the form showed; null for a one-tap button, which shows nothing. */
  seen: string | null;
  /** Revision of the post-mortem that the form showed; 0: none counts as read. */
  revision: number;
}

/** The decision of a press, under the incident's row lock; an outcome: it is refused before its nonce is used. */
export type LinkDecision =
  LinkOutcome | ((tx: EntityManager, locked: LockedIncident) => Promise<LinkOutcome>);

/** A one-tap button has no fields. */
export const bareTap: Omit<LinkPress, 'decision' | 'nonce' | 'hash'> = {
  comment: null,
  to: null,
  snoozeFor: null,
  run: null,
  step: null,
  digest: null,
  reason: null,
  kind: null,
  pull: [],
  seen: null,
  revision: 0,
};

export const oneOf = <T extends string>(known: readonly T[], text: string): T | undefined =>
  known.find((one) => one === text);
