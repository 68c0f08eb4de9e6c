/** Where the canary's pages end (domain/canary): nobody has to read them, the ledger says that they came. */
import type { Channel } from '../../activities/ports.js';
import { CANARY_CHANNEL } from '../../domain/canary/canary.js';

export const canaryChannel: Channel = {
  name: CANARY_CHANNEL,
  send: () => Promise.resolve({ kind: 'accepted', provider: CANARY_CHANNEL, providerId: null }),
};
