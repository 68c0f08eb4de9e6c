/** Buttons of a page in a chat and the data that a pressed one returns. Pure; channels draw them, hooks read them. */
import type { ReplyIntent } from '../reply/grammar.js';

export interface ChatButton {
  intent: ReplyIntent;
  label: string;
  /** Short form of the intent for channels where every byte counts. */
  code: string;
}

export const CHAT_BUTTONS: readonly ChatButton[] = [
  { intent: 'acknowledge', label: 'Acknowledge', code: 'a' },
  { intent: 'decline', label: "Can't take it", code: 'd' },
  { intent: 'escalate', label: 'Escalate', code: 'e' },
];

export const buttonFor = (intent: string): ChatButton | null =>
  CHAT_BUTTONS.find((button) => button.intent === intent) ?? null;

/** Half of the ledger key still identifies a delivery and fits into the 64 bytes of a Telegram button. */
const KEY_DIGITS = 32;

export const buttonData = ({ code }: ChatButton, ledgerKey: string): string =>
  `${code}:${ledgerKey.slice(0, KEY_DIGITS)}`;

/** `delivery`: the beginning of the ledger key. Null for data that is not one of these buttons. */
export function readButtonData(data: string): { intent: ReplyIntent; delivery: string } | null {
  const match = /^([a-z]):([0-9a-f]{32})$/.exec(data);
  const button = CHAT_BUTTONS.find(({ code }) => code === match?.[1]);
  const delivery = match?.[2];
  return button === undefined || delivery === undefined ? null : { intent: button.intent, delivery };
}
