/** Text frames of Slack's socket. Pure. */
import { z } from 'zod';
import { fromJson } from './payloads.js';

const Hello = z.object({ type: z.literal('hello'), num_connections: z.number().optional() });
const Disconnect = z.object({ type: z.literal('disconnect'), reason: z.string().default('no reason given') });
const Envelope = z.object({
  type: z.string(),
  envelope_id: z.string().min(1).max(200),
  payload: z.unknown().optional(),
  accepts_response_payload: z.boolean().default(false),
});

export interface SlackEnvelope {
  /** Id for the acknowledgement. */
  id: string;
  /** `interactive`, `slash_commands`, `events_api`, … */
  type: string;
  payload: unknown;
  /** True when the acknowledgement may carry a body. */
  takesAnswer: boolean;
}

export type SlackFrame =
  /** The connection works; the number of connections of the app. */
  | { kind: 'hello'; connections: number | null }
  /**
   * Slack ends the connection within seconds (`warning`, `refresh_requested`), or Socket Mode was switched off (`link_disabled`).
   */
  | { kind: 'disconnect'; reason: string }
  | { kind: 'envelope'; envelope: SlackEnvelope }
  | { kind: 'garbage' };

export function readFrame(text: string): SlackFrame {
  const value = fromJson(text);
  const hello = Hello.safeParse(value);
  if (hello.success) return { kind: 'hello', connections: hello.data.num_connections ?? null };
  const disconnect = Disconnect.safeParse(value);
  if (disconnect.success) return { kind: 'disconnect', reason: disconnect.data.reason.slice(0, 100) };
  const parsed = Envelope.safeParse(value);
  if (!parsed.success) return { kind: 'garbage' };
  const { envelope_id: id, type, payload, accepts_response_payload: takesAnswer } = parsed.data;
  return { kind: 'envelope', envelope: { id, type, payload, takesAnswer } };
}
