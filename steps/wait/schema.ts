import { positiveDuration } from '../../contracts/config/fields.js';
import type { StepSchema } from '../../contracts/config/step-fields.js';
import type { Duration } from '../../domain/shared/duration.js';

export const waitSchema: StepSchema<Duration> = { fields: positiveDuration };
