/** Notices to the owners of a source whose messages were refused: recipients, a quiet contact, and once a day. Pure. */
import type { ConfigSnapshot } from '../config/specs.js';
import { DAY } from '../oncall/wall-clock.js';
import { noticeTime, ownersOf } from '../people/notice-owners.js';
import { type RefusedMessages, refusedText } from './refused-messages.js';

/** The last notice about a source. */
export interface LastNotice {
  id: string;
  /** ISO 8601. */
  at: string;
}

export interface OwnerNotice {
  /** Idempotency key: the same on every replica until one of them has planned the notice. */
  key: string;
  source: string;
  person: string;
  contact: string;
  channel: string;
  address: string;
  title: string;
  text: string;
  dueAt?: string;
  held?: string;
}

export function ownerNotices(
  refused: readonly RefusedMessages[],
  lastNotices: ReadonlyMap<string, LastNotice>,
  snapshot: ConfigSnapshot,
  now: string,
): OwnerNotice[] {
  return refused.flatMap((one) => {
    const { source, team, newestAt } = one;
    const last = lastNotices.get(source);
    // A notice was sent within a day, or no message was refused since.
    if (last !== undefined && (Date.parse(now) - Date.parse(last.at) < DAY || newestAt <= last.at)) return [];
    return ownersOf(snapshot, team).map(({ name, person, contact }): OwnerNotice => ({
      key: `refused/${source}/${name}/after ${last?.id ?? 'none'}`,
      source,
      person: name,
      contact: contact.name,
      channel: contact.channel,
      address: contact.address,
      title: `What the source ${source} sends is refused`,
      text: `${refusedText(one)}.`,
      ...noticeTime(person, now),
    }));
  });
}
