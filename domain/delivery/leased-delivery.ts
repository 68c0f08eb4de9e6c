import type { IncidentState } from '../incident/state.js';
import type { DeliveryType } from './message.js';

/** One ledger row leased to one sender for one attempt, with everything that its message needs. */
export interface LeasedDelivery {
  id: string;
  lease: string;
  /** The ledger key: idempotency key, Message-ID, `webhook-id`. The same on every attempt. */
  key: string;
  type: DeliveryType;
  subject: Record<string, unknown>;
  track: string | null;
  cycle: number;
  step: number;
  person: string;
  contact: string;
  channel: string;
  address: string;
  /** 1 for the first. */
  attempt: number;
  possibleDuplicate: boolean;
  incident: IncidentState;
  bridge: string | null;
  personName: string;
  /** Token of the link that the message carries. */
  link: string;
  /** Signing secret, for channels that sign. */
  secret: string;
}
