/**
 * HTTP requests to processes of this machine. Their certificate, if any, names the public host and not this address.
 */
import { Agent, fetch as fetchBy } from 'undici';

const ownMachine = new Agent({ connect: { rejectUnauthorized: false } });

/** Like `fetch`, for addresses of the supervisor's own processes alone. */
export const localFetch: typeof fetchBy = (input, init) =>
  fetchBy(input, { ...init, dispatcher: ownMachine });
