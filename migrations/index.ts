/** Every migration in order. A list and not a glob, so that a build holds exactly what runs. */
import { TheRecord1763800000000 } from './1763800000000-the-record.js';

export const migrations = [TheRecord1763800000000];
