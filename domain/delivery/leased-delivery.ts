import type { IncidentState } from '../incident/state.js';
import type { Priority } from '../config/specs.js';
import type { DeliveryType } from './message.js';

/** Another incident that the same message pages its person for. */
export interface CarriedPage {
  number: string;
  title: string;
  priority: Priority;
  /** Token of its own link. */
  link: string;
}

/** A message that was sent before. `providerId`: null while its own attempt has not ended, or when nobody took it. */
export interface UpdatedPage {
  key: string;
  providerId: string | null;
  isUnderWay: boolean;
}

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
  /** What the sender says about the newest alert that fires; null for other messages, and where nothing fires. */
  alert?: { description: string | null; details: unknown } | null;
  /** IANA zone of the person. */
  zone?: string;
  bridge: string | null;
  personName: string;
  /** Token of the link that the message carries. */
  link: string;
  /** Signing secret, for channels that sign; several, separated by spaces, while one is changed for another. */
  secret: string;
  /** Of a `page.updated`: the page that is changed, as its own row says; null for every other type. */
  updates?: UpdatedPage | null;
  /** Rows of other incidents that end with this one. */
  alsoPaged?: CarriedPage[];
}
