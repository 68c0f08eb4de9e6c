/** Common part of both fake phone providers: data for tests, and callbacks. */
import type { FakeProvider } from '../shared/testing/fake-provider.js';
import type { WaitingList } from '../shared/testing/waiting-list.js';

export interface FakeText {
  id: string;
  to: string;
  from: string;
  body: string;
  /** Callback URL for status changes. */
  callback: string;
  at: Date;
  status: string;
}

export interface FakeCall {
  id: string;
  to: string;
  from: string;
  script: string;
  callback: string;
  machineCallback: string;
  at: Date;
}

/** Tocsin's response to a callback. */
export interface CallbackAnswer {
  status: number;
  text: string;
}

export interface FakePhoneProvider {
  readonly url: string;
  readonly provider: FakeProvider;
  readonly texts: readonly FakeText[];
  readonly calls: readonly FakeCall[];
  nextText(predicate?: (text: FakeText) => boolean, timeoutMs?: number): Promise<FakeText>;
  nextCall(predicate?: (call: FakeCall) => boolean, timeoutMs?: number): Promise<FakeCall>;
  /** Numbers that replied STOP. */
  readonly optedOut: Set<string>;
  /** Reports the status of a text or call, signed as the provider signs. */
  tell(about: FakeText | FakeCall, status: string, more?: Record<string, string>): Promise<CallbackAnswer>;
  /** Reports whether a person or a machine answered a call. */
  reportAnsweredBy(call: FakeCall, answeredBy: string): Promise<CallbackAnswer>;
  /** Presses a digit in a call that asks for one. */
  press(call: FakeCall, digits: string): Promise<CallbackAnswer>;
  /** Sends a text to Tocsin's number, as a callback to `url`; `id` repeats an earlier one. */
  text(url: string, from: string, body: string, id?: string): Promise<CallbackAnswer>;
  close(): Promise<void>;
}

export const E164 = /^\+[1-9]\d{6,14}$/;

/** URL that receives the digits of a script. */
export function gatherAction(script: string): string {
  const action = /<Gather\b[^>]*\baction="([^"]+)"/.exec(script)?.[1];
  if (action === undefined) throw new Error(`the call asks for no digits: ${script}`);
  return action.replaceAll('&amp;', '&');
}

/** Spoken texts of a script, without markup. */
export const heard = (script: string): string[] =>
  [...script.matchAll(/<(?:Say|Message)\b[^>]*>([^<]*)</g)].map(([, text = '']) =>
    text
      .replaceAll('&apos;', "'")
      .replaceAll('&quot;', '"')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&'),
  );

export async function callBack(
  url: string,
  headers: Record<string, string>,
  body: string,
): Promise<CallbackAnswer> {
  const response = await fetch(url, { method: 'POST', headers, body });
  return { status: response.status, text: await response.text() };
}

export function handOut<T>(
  list: WaitingList<T>,
  what: string,
): (predicate?: (item: T) => boolean, timeoutMs?: number) => Promise<T> {
  return (predicate = () => true, timeoutMs = 15_000) => list.next(predicate, timeoutMs, what);
}
