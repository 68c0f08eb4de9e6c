import { z } from 'zod';
import type { OrganisationSpec } from '../../domain/config/organisation-spec.js';
import { durationUpTo, isAtLeast, line, LONGEST_SPAN, timezone } from './fields.js';
import { targets } from './targets.js';

export const organisationSpec = z
  .strictObject({
    displayName: line(),
    timezone,
    catchAll: targets
      .default([])
      .meta({ description: 'Who is paged when nobody else can be; without it, every admin.' }),
    reachability: z
      .strictObject({
        every: durationUpTo(LONGEST_SPAN).refine((text) => isAtLeast(text, '1h'), {
          error: 'an hour or more, such as 7d',
        }),
      })
      .optional()
      .meta({
        description:
          'Sends everybody on call a test page by each contact that their rules use, so often. Off when left out.',
      }),
  })
  .meta({
    id: 'OrganisationSpec',
    description: 'Settings of the whole deployment. One document, called default.',
  }) satisfies z.ZodType<OrganisationSpec>;
