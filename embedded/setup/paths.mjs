/** Paths relative to this file, so that the commands work from any folder. */
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');
export const at = (...parts) => join(root, ...parts);
export const cache = at('.cache');
