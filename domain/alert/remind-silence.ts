/** The reminder before a silence ends: to its owner, or to the team when the owner is gone. Pure. */
import type { ConfigSnapshot } from '../config/specs.js';
import { noticeTime, type Owner, ownerOf, ownersOf } from '../people/notice-owners.js';
import { type Matcher, matchersText } from './matcher.js';

export interface EndingSilence {
  id: string;
  owner: string | null;
  teams: readonly string[] | null;
  matchers: readonly Matcher[];
  reason: string;
  until: string;
  /** Alerts that it holds now. */
  held: number;
}

export interface SilenceReminder {
  key: string;
  person: string;
  contact: string;
  channel: string;
  address: string;
  title: string;
  text: string;
  dueAt?: string;
  held?: string;
}

export function silenceReminders(
  silence: EndingSilence,
  snapshot: ConfigSnapshot,
  now: string,
): SilenceReminder[] {
  const owner = silence.owner === null ? null : ownerOf(snapshot, silence.owner);
  const told = owner === null ? teamOwners(silence, snapshot) : [owner];
  return told.map(({ name, person, contact }) => ({
    // A new end is reminded of again.
    key: `silence/${silence.id}/${silence.until}/${name}`,
    person: name,
    contact: contact.name,
    channel: contact.channel,
    address: contact.address,
    title: 'A silence ends soon',
    text: textOf(silence, name),
    ...noticeTime(person, now),
  }));
}

function teamOwners({ teams }: EndingSilence, snapshot: ConfigSnapshot): Owner[] {
  const all = (teams ?? [null]).flatMap((team) => ownersOf(snapshot, team));
  return [...new Map(all.map((owner) => [owner.name, owner])).values()];
}

function textOf({ owner, matchers, reason, until, held }: EndingSilence, to: string): string {
  const whose = owner === to ? 'Your silence' : `The silence of ${owner ?? 'a key'}, who cannot be told,`;
  const fires =
    held === 0
      ? 'It holds no alert now.'
      : `It holds ${held === 1 ? 'one alert that fires' : `${held} alerts that fire`}: what still fires then pages as one group.`;
  return `${whose} ends at ${until} (${reason}): ${matchersText(matchers)}. ${fires}`;
}
