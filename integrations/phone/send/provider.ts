/** A provider of texts and calls. SMS and voice work with any of them, in the order of `TOCSIN_PHONE_PROVIDERS`. */
import type { SendOutcome } from '../../../ports/channel.js';

interface OutgoingText {
  /** E.164. */
  to: string;
  text: string;
  /** The ledger key; part of every callback URL. */
  tag: string;
  timeoutMs: number;
}

interface OutgoingCall {
  to: string;
  /** Instructions, containing the provider's callback URLs (`PhoneProvider.answersAt`). */
  script: string;
  tag: string;
  timeoutMs: number;
}

/** Search data for an attempt with unknown outcome. */
interface LostAttempt {
  kind: 'sms' | 'voice';
  to: string;
  tag: string;
  /** A text that only the lost message contains: the link. */
  mark: string;
  timeoutMs: number;
}

/** `isFinal`: no other provider may be used either (the person has opted out). */
export type ProviderOutcome =
  Exclude<SendOutcome, { kind: 'failed' }> | (Extract<SendOutcome, { kind: 'failed' }> & { isFinal?: true });

export interface PhoneProvider {
  readonly name: 'twilio' | 'telnyx';
  sendText(text: OutgoingText): Promise<ProviderOutcome>;
  placeCall(call: OutgoingCall): Promise<ProviderOutcome>;
  /** URL that receives the digits pressed in a call; part of its script. */
  answersAt(tag: string): string;
  /** Null: not found, or unknown. */
  lookUp?(lost: LostAttempt): Promise<ProviderOutcome | null>;
}
