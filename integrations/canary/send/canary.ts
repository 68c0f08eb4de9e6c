/** Channel that receives the canary's pages (domain/canary): no one reads them, the ledger records their arrival. */
import type { Channel } from '../../../ports/channel.js';
import { CANARY_CHANNEL } from '../../../domain/canary/canary.js';

export const canaryChannel: Channel = {
  name: CANARY_CHANNEL,
  send: () => Promise.resolve({ kind: 'accepted', provider: CANARY_CHANNEL, providerId: null }),
};
