/** Time that a sender holds a row before the attempt counts as ambiguous. Longer than every channel's timeout. */
export const LEASE_MS = 30_000;
/** A first attempt runs in a local activity, far below the workflow task's 10 s. */
export const FIRST_ATTEMPT_TIMEOUT_MS = 3_000;
export const RETRY_TIMEOUT_MS = 15_000;
