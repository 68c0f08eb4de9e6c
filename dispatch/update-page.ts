/** Changes a sent page in place. Safe to repeat: the same update produces the same message. */
import type { LeasedDelivery } from '../domain/delivery/leased-delivery.js';
import { updatedPageOf } from '../domain/delivery/message-of.js';
import type { Channel, SendOutcome, SendRequest } from '../ports/channel.js';

export async function updatePage(
  channel: Channel,
  delivery: LeasedDelivery,
  { publicUrl, ...request }: Pick<SendRequest, 'destination' | 'timeoutMs'> & { publicUrl: string },
): Promise<SendOutcome> {
  const failed = (error: string, permanent: boolean): SendOutcome => ({
    kind: 'failed',
    provider: delivery.channel,
    error,
    permanent,
  });
  const { updates = null, incident, subject } = delivery;
  if (updates === null) return failed('there is no page to change', true);
  if (updates.providerId === null && updates.isUnderWay) return failed('the page is still being sent', false);
  const isOpen = incident.status === 'triggered';
  if (channel.silence !== undefined)
    return isOpen && subject['isAnswered'] !== true
      ? { kind: 'accepted', provider: delivery.channel, providerId: updates.providerId }
      : channel.silence({ idempotencyKey: updates.key, timeoutMs: request.timeoutMs });
  if (channel.update === undefined) return failed('what this channel sent cannot be changed', true);
  const asked = {
    ...request,
    message: updatedPageOf(delivery, publicUrl, new Date().toISOString()),
    idempotencyKey: updates.key,
    timeoutMs: request.timeoutMs / 2,
  };
  // The response to the page was lost: the provider may know its id.
  const found = updates.providerId === null ? ((await channel.lookUp?.(asked)) ?? null) : null;
  const providerId = updates.providerId ?? (found?.kind === 'accepted' ? found.providerId : null);
  if (providerId === null) return failed('it is unknown whether the page was sent', true);
  return channel.update({
    ...asked,
    timeoutMs: found === null ? request.timeoutMs : asked.timeoutMs,
    status: { text: typeof subject['text'] === 'string' ? subject['text'] : '', isOpen },
    providerId,
  });
}
