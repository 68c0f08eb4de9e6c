import type { IncidentState } from '../incident/state.js';
import type { Priority } from '../config/terms.js';
import type { DeliveryType } from './message.js';

/** Another incident that the same message pages its person for. */
export interface BundledPage {
  number: string;
  title: string;
  priority: Priority;
  /** Token of this incident's own link. */
  link: string;
}

/** A message that was sent before. `providerId`: null while its own attempt is running, or when no provider accepted it. */
export interface UpdatedPage {
  key: string;
  providerId: string | null;
  isUnderWay: boolean;
}

/** One ledger row leased to one sender for one attempt, with all data for its message. */
export interface LeasedDelivery {
  id: string;
  lease: string;
  /** The ledger key: idempotency key, Message-ID, `webhook-id`. The same on every attempt. */
  key: string;
  type: DeliveryType;
  subject: Record<string, unknown>;
  escalation: string | null;
  cycle: number;
  step: number;
  person: string;
  contact: string;
  channel: string;
  address: string;
  /** 1 for the first attempt. */
  attempt: number;
  possibleDuplicate: boolean;
  incident: IncidentState;
  /** Display name of the incident's service; null without one, or when it is deleted. */
  serviceName?: string | null;
  /** The sender's description of the newest firing alert; null for other messages, and when nothing fires. */
  alert?: { description: string | null; details: unknown } | null;
  /** IANA zone of the person. */
  zone?: string;
  bridge: string | null;
  personName: string;
  /** Token of the message's link. */
  link: string;
  /** Signing secret, for channels that sign; several, separated by spaces, during a change of secrets. */
  secret: string;
  /** For `page.updated`: the page to change, from its own row; null for every other type. */
  updates?: UpdatedPage | null;
  /** Rows of other incidents that are settled together with this one. */
  alsoPaged?: BundledPage[];
}
