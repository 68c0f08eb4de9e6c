/** Warns source owners that messages of their monitoring are refused and therefore page no one. */
export interface RefusedMessages {
  source: string;
  /** The team that owns the source's service; null when there is none. */
  team: string | null;
  count: number;
  /** Reason of the newest refusal. */
  reason: string;
  /** ISO 8601. */
  newestAt: string;
}

/** The `reason` of a rejection whose key belonged to a source that was deleted or has another key now. */
export const FORMER_KEY = 'former key';

const NAMED_MAX = 5;

export function refusedText({ source, team, count, reason }: RefusedMessages): string {
  const owner = team === null ? '' : ` (team ${team})`;
  return `${source}${owner} had ${count} ${count === 1 ? 'message' : 'messages'} refused in the last 24 h, which page nobody; the newest: ${reason}`;
}

/** Text for the red bar and the system page; a source is named for a day after its last refused message. */
export function refusedMessagesText(refused: readonly RefusedMessages[]): { ok: boolean; text: string } {
  if (refused.length === 0)
    return { ok: true, text: 'no message of a known source was refused in the last 24 h' };
  const named = refused.slice(0, NAMED_MAX).map(refusedText);
  const more = refused.length - named.length;
  return { ok: false, text: `${named.join('; ')}${more > 0 ? `; and ${more} more sources` : ''}` };
}
