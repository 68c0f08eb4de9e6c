import { type StepSchema, template } from '../../contracts/config/step-fields.js';

export const manualSchema: StepSchema<string> = { fields: template(8000) };
