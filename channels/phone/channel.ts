/** What SMS and voice have in common: the guards of paid messages, the order of providers, and the search for lost attempts. */
import type { Channel, SendOutcome, SendRequest, SightingPort, SpendPort } from '../../activities/ports.js';
import { addressProblem } from '../../domain/delivery/channels.js';
import type { OutgoingMessage } from '../../domain/delivery/message.js';
import { decideCountry, type SpendLimits } from '../../domain/delivery/spend.js';
import { countriesOf } from './country.js';
import { inOrder, sendThrough } from './failover.js';
import type { PhoneProvider, ProviderOutcome } from './provider.js';

export interface PhoneDeps {
  providers: readonly PhoneProvider[];
  limits: SpendLimits;
  spend: SpendPort;
  sightings: SightingPort;
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
        const seen = await quietly(deps.sightings.seen(tag, provider.name));
        if (seen !== null) return { kind: 'accepted', provider: provider.name, providerId: seen };
        const found = (await provider.lookUp?.(lost)) ?? null;
        if (found !== null) return found;
      }
      return null;
    },
  };
}

/** What holds a message back, as a sentence. Pages of an exercise have no claim on the reserve. */
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
  // A counter that cannot be asked holds back no page: the guard is about money, the page is about the incident.
  const decision = await quietly(spend.reserve({ person: message.person, isUrgent, limits }));
  return decision?.kind === 'refused' ? decision.text : null;
}

/** Permanent, so that the next contact is tried at once. */
function refused(error: string): SendOutcome {
  return { kind: 'failed', provider: 'phone', error, permanent: true };
}

/** Null when the record could not be asked; the ledger will say so by itself. */
async function quietly<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch {
    return null;
  }
}
