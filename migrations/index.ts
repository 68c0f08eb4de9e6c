/** Every migration in order. A list and not a glob, so that a build holds exactly what runs. */
import { TheRecord1763800000000 } from './1763800000000-the-record.js';
import { LiveData1763900000000 } from './1763900000000-live-data.js';

export const migrations = [TheRecord1763800000000, LiveData1763900000000];
