import { randomBytes } from 'node:crypto';
import type { BridgeRoom } from '../../domain/response/bridge.js';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';

/** 120 bit in lower case, because some bridges do not tell upper from lower case in names of rooms. */
export const newBridgeRoom = (number: string): BridgeRoom => ({
  number,
  secret: Array.from(randomBytes(24), (byte) => LETTERS[byte % LETTERS.length]).join(''),
});
