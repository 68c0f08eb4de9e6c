import { z } from 'zod';
import type { OrganisationSpec } from '../../domain/config/specs.js';
import { line, timezone } from './fields.js';
import { target } from './targets.js';

export const organisationSpec = z
  .strictObject({
    displayName: line(),
    timezone,
    catchAll: z
      .array(target)
      .max(50)
      .default([])
      .meta({ description: 'Who is paged when nobody else can be; without it, every admin.' }),
  })
  .meta({
    id: 'OrganisationSpec',
    description: 'Settings of the whole deployment. One document, called default.',
  }) satisfies z.ZodType<OrganisationSpec>;
