import { z } from 'zod';
import type { ServiceSpec } from '../../domain/config/service-spec.js';
import { diagnostic } from './checks.js';
import { line, slug, slugs, webUrl } from './fields.js';
import { groupSpec } from './group.js';
import { afterSpec } from './after.js';
import { supportHours } from './priority-rules.js';

export const serviceSpec = z
  .strictObject({
    displayName: line(),
    team: slug.meta({ description: 'The team that answers for it.' }),
    tier: z
      .int()
      .min(1)
      .max(4)
      .transform((value) => value as 1 | 2 | 3 | 4)
      .default(3)
      .meta({ description: '1 (vital) to 4.' }),
    policy: slug.optional().meta({ description: "Escalation policy; default the team's own." }),
    plan: slug
      .optional()
      .meta({ description: 'Response plan; default the one called default, if there is one.' }),
    supportHours: supportHours
      .optional()
      .meta({ description: 'Read by priority rules as `time.outsideSupport`; default always.' }),
    dependsOn: slugs().default([]),
    links: z
      .array(z.strictObject({ title: line(), url: webUrl }).meta({ id: 'Link' }))
      .max(50)
      .default([]),
    diagnostics: z.array(diagnostic).max(20).default([]),
    group: groupSpec.optional(),
    after: afterSpec.optional(),
  })
  .check((ctx) => {
    const names = ctx.value.diagnostics.map(({ name }) => name);
    names.forEach((name, index) => {
      if (names.indexOf(name) !== index)
        ctx.issues.push({
          code: 'custom',
          path: ['diagnostics', index, 'name'],
          message: `there is a diagnostic "${name}" already`,
          input: name,
        });
    });
  })
  .meta({
    id: 'ServiceSpec',
    description: 'A monitored system or component.',
  }) satisfies z.ZodType<ServiceSpec>;
