import { z } from 'zod';
import { line } from '../../contracts/config/fields.js';
import { stepId, type StepSchema } from '../../contracts/config/step-fields.js';
import type { SwitchCase } from './step.js';

const switchCase = z
  .strictObject({ if: line(4096).meta({ description: '${{ CEL }}.' }), goto: stepId })
  .meta({ id: 'SwitchCase' });

export const switchSchema: StepSchema<SwitchCase[]> = { fields: z.array(switchCase).min(1).max(20) };
