/**
 * Envelopes of Slack's socket, passed to the same handlers as HTTP callbacks. Slack repeats an envelope that was not
 * acknowledged, over any connection, to any replica. A press, command or event is recorded by its own id, so it is done once
 * whichever way it arrives; in addition an envelope that this process knows is only acknowledged.
 */
import type { Logger } from '../../../shared/logger.js';
import type { RefusedCallbacks } from '../../../services/delivery/provider-callbacks.js';
import { isDatabaseAway } from '../../../http/to-problem.js';
import type { SlackAnswer, SlackAnswers } from './answers.js';
import type { SlackEnvelope } from './frames.js';

/** `answer`: body of the acknowledgement. `again`: the envelope is not acknowledged, so that Slack repeats it. */
export type Taken = { kind: 'acknowledged'; answer: object | null } | { kind: 'again' };

const REMEMBERED = 1_000;

export class SlackEnvelopes {
  /** In order of arrival, with those under way. */
  private readonly known = new Map<string, Promise<Taken>>();

  constructor(
    private readonly parts: {
      answers: SlackAnswers;
      callbacks: RefusedCallbacks;
      logger: Logger;
    },
  ) {}

  /** Never rejects. */
  take(envelope: SlackEnvelope): Promise<Taken> {
    const known = this.known.get(envelope.id);
    if (known !== undefined) return known;
    const taken = this.answer(envelope).catch((error: unknown): Taken => {
      this.known.delete(envelope.id);
      if (!isDatabaseAway(error))
        this.parts.logger.error({ err: error, type: envelope.type }, 'an envelope of Slack failed');
      return { kind: 'again' };
    });
    this.known.set(envelope.id, taken);
    for (const id of this.known.keys()) {
      if (this.known.size <= REMEMBERED) break;
      this.known.delete(id);
    }
    return taken;
  }

  /** Records a refused frame like a refused body by HTTP; never rejects. */
  async refuse(reason: string, text: string): Promise<void> {
    try {
      await this.parts.callbacks.refuse('slack', reason, text);
    } catch (error) {
      if (!isDatabaseAway(error))
        this.parts.logger.error({ err: error }, 'a frame of Slack could not be put on record');
    }
  }

  private async answer(envelope: SlackEnvelope): Promise<Taken> {
    const answer = await this.ask(envelope);
    if (!('refused' in answer))
      return { kind: 'acknowledged', answer: envelope.takesAnswer ? answer.told : null };
    await this.parts.callbacks.refuse('slack', answer.refused, JSON.stringify(envelope.payload) ?? '');
    // Slack must not repeat it: a repeat would be refused too.
    return { kind: 'acknowledged', answer: null };
  }

  private async ask({ type, payload }: SlackEnvelope): Promise<SlackAnswer> {
    const { answers } = this.parts;
    switch (type) {
      case 'interactive':
        return answers.action(payload);
      case 'slash_commands':
        return answers.command(payload);
      case 'events_api':
        return answers.event(payload);
      default:
        return { told: null };
    }
  }
}
