/** Common part of SMS and voice: limits of paid messages, order of providers, and look-up of lost attempts. */
import type { Channel, SendOutcome, SendRequest } from '../../../ports/channel.js';
import type { PhoneCallbackPort, SpendPort } from '../../../ports/delivery.js';
import { addressProblem } from '../../../domain/delivery/channel-traits.js';
import type { OutgoingMessage } from '../../../domain/delivery/message.js';
import { decideCountry, type SpendLimits } from '../../../domain/delivery/spend.js';
import { countriesOf } from './country.js';
import { inOrder, sendThrough } from './failover.js';
import type { PhoneProvider, ProviderOutcome } from './provider.js';

export interface PhoneDeps {
  providers: readonly PhoneProvider[];
  limits: SpendLimits;
  spend: SpendPort;
  phoneCallbacks: PhoneCallbackPort;
}

export interface PhoneChannelOptions {
  name: 'sms' | 'voice';
  limits: NonNullable<Channel['limits']>;
  confirmsWithinMs: number;
  send: (provider: PhoneProvider, request: SendRequest, timeoutMs: number) => Promise<ProviderOutcome>;
}

export function createPhoneChannel(
  { name, limits, confirmsWithinMs, send }: PhoneChannelOptions,
  deps: PhoneDeps,
): Channel {
  return {
    name,
    limits,
    confirmsWithinMs,
    async send(request) {
      const { destination, message } = request;
      const wrong = addressProblem(name, destination.address);
      if (wrong !== null)
        return refused(`${JSON.stringify(destination.address.slice(0, 40))} is not ${wrong}`);
      const stopped = await guard(destination.address, message, deps);
      if (stopped !== null) return refused(stopped);
      const outcome = await sendThrough(inOrder(deps.providers, message), request, (provider, leftMs) =>
        send(provider, request, leftMs),
      );
      if (outcome.kind === 'failed') await quietly(deps.spend.refund(message.person));
      return outcome;
    },
    async lookUp({ destination, message, idempotencyKey: tag, timeoutMs }) {
      const lost = { kind: name, to: destination.address, tag, mark: message.links.respond, timeoutMs };
      for (const provider of deps.providers) {
        const seen = await quietly(deps.phoneCallbacks.seen(tag, provider.name));
        if (seen !== null) return { kind: 'accepted', provider: provider.name, providerId: seen };
        const found = (await provider.lookUp?.(lost)) ?? null;
        if (found !== null) return found;
      }
      return null;
    },
  };
}

/** Reason for refusing a message, as a sentence. Pages of a drill may not use the reserve. */
async function guard(
  to: string,
  message: OutgoingMessage,
  { limits, spend }: PhoneDeps,
): Promise<string | null> {
  const country = decideCountry(limits.countries.length === 0 ? [] : await countriesOf(to), limits);
  if (country.kind === 'refused') {
    await quietly(spend.refused(country.because));
    return country.text;
  }
  const isUrgent =
    message.type === 'page.requested' &&
    !message.incident.drill &&
    ['P1', 'P2'].includes(message.incident.priority);
  // An unreachable counter refuses no page: the limit protects money, the page an incident.
  const decision = await quietly(spend.reserve({ person: message.person, isUrgent, limits }));
  return decision?.kind === 'refused' ? decision.text : null;
}

/** Permanent, so that the next contact is tried at once. */
function refused(error: string): SendOutcome {
  return { kind: 'failed', provider: 'phone', error, permanent: true };
}

/** Null when the record is unreachable; the ledger reports that itself. */
async function quietly<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch {
    return null;
  }
}
