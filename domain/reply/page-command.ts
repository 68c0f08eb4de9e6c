/** An answer to a page → the command it is, the same from a link's button, a reply, a digit or a chat's button. */
import type { IncidentCommand } from '../incident/commands.js';
import type { IncidentState } from '../incident/state.js';
import type { ReplyIntent } from './grammar.js';

/** `comment`: what the person wrote beside the button; null for nothing. */
export function pageCommand(
  state: Pick<IncidentState, 'tracks' | 'responders'>,
  { name: person, displayName }: { name: string; displayName: string },
  intent: ReplyIntent,
  comment: string | null,
): IncidentCommand {
  switch (intent) {
    case 'acknowledge':
      return { type: 'acknowledge', person };
    case 'decline':
      return { type: 'decline', person, comment };
    case 'resolve':
      return { type: 'resolve', comment, because: 'person' };
    case 'escalate': {
      // Who was paged for one team asks for that team's next step; else everybody's.
      const own = state.tracks.filter((track) =>
        state.responders.some((one) => one.person === person && one.team === track.team),
      );
      const track = own.length === 1 ? (own[0]?.name ?? null) : null;
      return {
        type: 'escalate',
        step: null,
        track,
        reason: comment ?? `${displayName} asked for the next step`,
      };
    }
  }
}

/** The step of an escalation that made a page. */
export interface PageStep {
  track: string;
  cycle: number;
  step: number;
}

/**
 * Has the escalation left the step whose page is answered? "Escalate" below that page has then come true already, by whomever:
 * one step further would be two. Null: it has not.
 */
export function wentOnTo(state: Pick<IncidentState, 'tracks'>, from: PageStep | null): number | null {
  const track = state.tracks.find(({ name }) => name === from?.track);
  if (from === null || track === undefined) return null;
  return track.cycle === from.cycle && track.step === from.step ? null : track.step;
}
