/** External calls that contain their own credential. */
import { z } from 'zod';

export const LinkHookBody = z
  .object({
    decision: z.enum(['acknowledge', 'escalate', 'decline'], {
      error: 'one of acknowledge, escalate, decline',
    }),
  })
  .meta({ id: 'LinkHookBody', description: 'What the buttons of a page’s link do.' });
export type LinkHookBody = z.infer<typeof LinkHookBody>;

export const LinkHookReply = z
  .object({
    incident: z.string(),
    status: z.enum(['triggered', 'acknowledged', 'resolved', 'closed']),
    message: z.string().meta({ description: 'What is true now, for people.' }),
  })
  .meta({ id: 'LinkHookReply' });
export type LinkHookReply = z.infer<typeof LinkHookReply>;

export const TelegramConnectReply = z
  .object({
    url: z.string().meta({ description: 'Where Telegram posts pressed buttons and messages.' }),
    connected: z.literal(true),
  })
  .meta({ id: 'TelegramConnectReply' });
export type TelegramConnectReply = z.infer<typeof TelegramConnectReply>;
