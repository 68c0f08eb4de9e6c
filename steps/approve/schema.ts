import { z } from 'zod';
import { type StepSchema, template } from '../../contracts/config/step-fields.js';
import type { ApprovalPrompt } from './step.js';

const fields = z
  .strictObject({
    from: z
      .array(
        z
          .string()
          .regex(
            /^(?:role:(?:commander|scribe|admin|manager|responder)|(?:team|person):[a-z0-9][a-z0-9-]{0,62})$/,
            {
              error: 'role:commander, role:manager, team:<name> or person:<name>',
            },
          ),
      )
      .min(1)
      .max(20),
    min: z.int().min(1).max(10).default(1).meta({ description: 'How many must approve.' }),
    message: template(2000),
    'two-person': z.boolean().default(false).meta({
      description: 'true: neither who started the run nor who wrote this revision of it may approve.',
    }),
  })
  .meta({ id: 'ApprovalAsk' });

export const approveSchema: StepSchema<ApprovalPrompt> = { fields };
