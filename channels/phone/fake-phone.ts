/** What both fake phone providers share: what they hand out to tests, and how they call back. */
import type { FakeProvider } from '../fake-provider.js';
import type { WaitingList } from '../waiting-list.js';

export interface FakeText {
  id: string;
  to: string;
  from: string;
  body: string;
  /** Where its states are told. */
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

/** What our side said to a callback. */
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
  /** Numbers that wrote STOP. */
  readonly optedOut: Set<string>;
  /** Tells the state of a text or call, signed as the provider signs. */
  tell(about: FakeText | FakeCall, status: string, more?: Record<string, string>): Promise<CallbackAnswer>;
  /** Tells who took a call. */
  tellAnsweredBy(call: FakeCall, answeredBy: string): Promise<CallbackAnswer>;
  /** Presses a digit in a call that asks for one. */
  press(call: FakeCall, digits: string): Promise<CallbackAnswer>;
  /** A text to our number, told to `url`; `id` to send the same one again. */
  text(url: string, from: string, body: string, id?: string): Promise<CallbackAnswer>;
  close(): Promise<void>;
}

export const E164 = /^\+[1-9]\d{6,14}$/;

/** Of what a script asks for, where the digits go. */
export function gatherAction(script: string): string {
  const action = /<Gather\b[^>]*\baction="([^"]+)"/.exec(script)?.[1];
  if (action === undefined) throw new Error(`the call asks for no digits: ${script}`);
  return action.replaceAll('&amp;', '&');
}

/** What a script says, without its marks; as a listener would hear it. */
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
