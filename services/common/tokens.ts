/** Injection tokens of values that are not classes. */
export const CONFIG = Symbol('Config');
export const LOGGER = Symbol('Logger');
