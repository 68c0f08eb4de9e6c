import { z } from 'zod';
import { type StepSchema, template } from '../../contracts/config/step-fields.js';
import type { NotifyRequest } from './step.js';

const fields = z
  .strictObject({
    to: z
      .string()
      .regex(/^(?:responders|commander|(?:team|person):[a-z0-9][a-z0-9-]{0,62})$/, {
        error: 'responders, commander, team:<name> or person:<name>',
      })
      .default('responders'),
    text: template(4000),
  })
  .meta({ id: 'NotifyAsk' });

export const notifySchema: StepSchema<NotifyRequest> = { fields };
