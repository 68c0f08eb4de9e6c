/** Handler for a rejection that a caller handles later than the turn in which it occurs. */
export const ignored = (): void => undefined;
