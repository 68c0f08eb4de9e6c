/**
 * One attempt at one leased ledger row: re-read, call the channel, settle. The worker's activities and the break-glass pager send
 * only through this function.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Channel, SendOutcome, SendRequest } from '../ports/channel.js';
import type { LedgerPort } from '../ports/delivery.js';
import type { LeasedDelivery } from '../domain/delivery/leased-delivery.js';
import { messageOf } from '../domain/delivery/message-of.js';
import { LEASE_MS } from '../domain/delivery/timeouts.js';
import { updatePage } from './update-page.js';

export interface Sender {
  ledger: LedgerPort;
  channels: ReadonlyMap<string, Channel>;
  publicUrl: string;
  /** Time that the ledger lets a sender hold a row (`TOCSIN_LEASE`). */
  leaseMs?: number;
}

export type Attempted = 'accepted' | 'failed' | 'ambiguous' | 'withdrawn';

/** The channel was called and the result could not be recorded: the lease must not be used again until it expires. */
class SettleFailed extends Error {
  override readonly name = 'SettleFailed';
}

/** Attempts of this process by lease. */
const underWay = new Map<string, Promise<Attempted>>();

/** A lease is valid for one call: a repeated call (a repeated activity finds its own lease) returns the first attempt. */
export function sendDelivery(
  sender: Sender,
  delivery: LeasedDelivery,
  timeoutMs: number,
): Promise<Attempted> {
  const begun = underWay.get(delivery.lease);
  if (begun !== undefined) return begun;
  const attempted = attempt(sender, delivery, timeoutMs);
  underWay.set(delivery.lease, attempted);
  const forget = (): void => void underWay.delete(delivery.lease);
  attempted.then(forget, (error: unknown) =>
    error instanceof SettleFailed ? setTimeout(forget, sender.leaseMs ?? LEASE_MS).unref() : forget(),
  );
  return attempted;
}

async function attempt(sender: Sender, delivery: LeasedDelivery, timeoutMs: number): Promise<Attempted> {
  const mayStillSend = (): Promise<boolean> => sender.ledger.mayStillSend(delivery.lease);
  if (!(await mayStillSend())) return withdraw(sender.ledger, delivery);
  const leaseMs = sender.leaseMs ?? LEASE_MS;
  const channel = sender.channels.get(delivery.channel);
  const outcome =
    channel === undefined
      ? ({
          kind: 'failed',
          provider: delivery.channel,
          error: `no channel named ${delivery.channel}`,
          permanent: true,
        } as const)
      : // The lease outlives the call, whatever its length.
        await deliver(channel, delivery, {
          publicUrl: sender.publicUrl,
          timeoutMs: Math.min(timeoutMs, leaseMs / 2),
          mayStillSend,
        });
  if (outcome === null) return withdraw(sender.ledger, delivery);
  await settle(sender.ledger, delivery, outcome, {
    leaseMs,
    confirmsWithinMs: channel?.confirmsWithinMs ?? null,
  });
  return outcome.kind;
}

async function withdraw(ledger: LedgerPort, delivery: LeasedDelivery): Promise<'withdrawn'> {
  await ledger.withdraw(delivery);
  return 'withdrawn';
}

interface Delivering {
  publicUrl: string;
  timeoutMs: number;
  mayStillSend: () => Promise<boolean>;
}

/** Null: not sent, because the page was answered before. */
function deliver(
  channel: Channel,
  delivery: LeasedDelivery,
  { publicUrl, timeoutMs, mayStillSend }: Delivering,
): Promise<SendOutcome | null> {
  const destination = { channel: delivery.channel, address: delivery.address, secret: delivery.secret };
  if (delivery.type === 'page.updated')
    return updatePage(channel, delivery, { destination, publicUrl, timeoutMs });
  const request = {
    destination,
    message: messageOf(delivery, publicUrl, new Date().toISOString()),
    idempotencyKey: delivery.key,
    timeoutMs,
    // An unreachable record does not block a page: without the record no answer can have been confirmed since.
    stillWanted: () => mayStillSend().catch(() => true),
  };
  return delivery.possibleDuplicate ? sendAgain(channel, request, mayStillSend) : channel.send(request);
}

/** Look-up and sending together end before the lease does. */
const LOOK_UP_TIMEOUT_MS = 5_000;

/** After an attempt with unknown outcome, the provider is queried first: a message it has is not sent again. */
async function sendAgain(
  channel: Channel,
  request: SendRequest,
  mayStillSend: () => Promise<boolean>,
): Promise<SendOutcome | null> {
  if (channel.lookUp === undefined) return channel.send(request);
  const known = await channel.lookUp({
    ...request,
    timeoutMs: Math.min(request.timeoutMs, LOOK_UP_TIMEOUT_MS),
  });
  if (known !== null) return known;
  // The page may have been answered during the look-up.
  return (await mayStillSend()) ? channel.send(request) : null;
}

/**
 * Retries until the lease expires, because the provider's response is recorded nowhere else; the next sender then has to treat
 * this attempt as ambiguous.
 */
async function settle(
  ledger: LedgerPort,
  delivery: LeasedDelivery,
  outcome: SendOutcome,
  { leaseMs, confirmsWithinMs }: { leaseMs: number; confirmsWithinMs: number | null },
): Promise<void> {
  const giveUpAt = performance.now() + leaseMs;
  for (let delayMs = 100; ; delayMs = Math.min(2 * delayMs, 2_000)) {
    try {
      return await ledger.settle(delivery, outcome, confirmsWithinMs);
    } catch (error) {
      const leftMs = giveUpAt - performance.now();
      if (leftMs <= 0)
        throw new SettleFailed('the outcome could not be recorded in the ledger', { cause: error });
      await pause(Math.min(delayMs, leftMs));
    }
  }
}
