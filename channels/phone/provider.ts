/** A company that sends texts and places calls. SMS and voice work over any of them, in the order of `TOCSIN_PHONE_PROVIDERS`. */
import type { SendOutcome } from '../../activities/ports.js';

export interface OutgoingText {
  /** E.164. */
  to: string;
  text: string;
  /** The ledger key; stands in the address of every callback. */
  tag: string;
  timeoutMs: number;
}

export interface OutgoingCall {
  to: string;
  /** Instructions, for the provider's callback addresses (`PhoneProvider.answersAt`). */
  script: string;
  tag: string;
  timeoutMs: number;
}

/** What is looked for after an attempt whose end nobody heard. */
export interface LostAttempt {
  kind: 'sms' | 'voice';
  to: string;
  tag: string;
  /** Stands in the lost text and in no other: the link. */
  mark: string;
  timeoutMs: number;
}

/** `isFinal`: no other provider may be asked either (the person has opted out). */
export type ProviderOutcome =
  Exclude<SendOutcome, { kind: 'failed' }> | (Extract<SendOutcome, { kind: 'failed' }> & { isFinal?: true });

export interface PhoneProvider {
  readonly name: 'twilio' | 'telnyx';
  sendText(text: OutgoingText): Promise<ProviderOutcome>;
  placeCall(call: OutgoingCall): Promise<ProviderOutcome>;
  /** Where the digits pressed in a call go; stands in its script. */
  answersAt(tag: string): string;
  /** Null: not found, or it cannot tell. */
  lookUp?(lost: LostAttempt): Promise<ProviderOutcome | null>;
}
