/** Event of Telnyx' Messages v2, as far as it is used. Pure. */
import { z } from 'zod';

const Event = z.object({
  data: z.object({
    id: z.string(),
    event_type: z.string(),
    occurred_at: z.string().optional(),
    payload: z.object({
      id: z.string().optional(),
      from: z.object({ phone_number: z.string() }).optional(),
      to: z.array(z.object({ status: z.string().optional() })).optional(),
      text: z.string().nullish(),
      errors: z.array(z.object({ code: z.string().optional(), title: z.string().optional() })).nullish(),
    }),
  }),
});

export type TelnyxEvent =
  | { kind: 'received'; from: string; text: string; messageId: string }
  | {
      kind: 'status';
      status: { providerId: string; status: string; error: string | null; eventId: string; at: string };
    }
  | { kind: 'other' };

/** Null when the body is not readable. */
export function readEvent(rawBody: string): TelnyxEvent | null {
  const parsed = Event.safeParse(jsonOf(rawBody));
  if (!parsed.success) return null;
  const { data } = parsed.data;
  const { payload } = data;
  if (data.event_type === 'message.received')
    return {
      kind: 'received',
      from: payload.from?.phone_number ?? '',
      text: payload.text ?? '',
      messageId: payload.id ?? data.id,
    };
  if (data.event_type !== 'message.sent' && data.event_type !== 'message.finalized') return { kind: 'other' };
  const [error] = payload.errors ?? [];
  return {
    kind: 'status',
    status: {
      providerId: payload.id ?? '',
      status: payload.to?.[0]?.status ?? '',
      error: error === undefined ? null : [error.code, error.title].filter(Boolean).join(' '),
      eventId: data.id,
      at: data.occurred_at ?? new Date().toISOString(),
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
