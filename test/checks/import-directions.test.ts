import { describe, expect, it } from '@jest/globals';
import { findViolations } from './import-directions.js';

/** The violations of a small program: path → text. */
const check = (files: Record<string, string>): string[] => findViolations(new Map(Object.entries(files)));

const empty = 'export const x = 1;';

describe('the import directions', () => {
  it('let through what the table lists', () => {
    expect(
      check({
        'domain/incident/fold.ts': "import { x } from './events.js'; export const y = x;",
        'domain/incident/events.ts': empty,
        'domain/oncall/shifts.ts': "import { Temporal } from 'temporal-polyfill';",
        'ports/channel.ts': "import type { x } from '../domain/incident/events.js';",
        'activities/notify.ts': "import type { Channel } from '../ports/channel.js';",
        'workflows/incident.ts':
          "import { condition } from '@temporalio/workflow'; import type { notify } from '../activities/notify.js';",
        'workflows/messages.ts': "import { defineSignal } from '@temporalio/workflow';",
        'worker/relay.ts': "import { x } from '../workflows/messages.js';",
        'db/connection/data-source.ts': "import { first } from '../../migrations/index.js';",
        'migrations/index.ts': "import { QueryRunner } from 'typeorm';",
        'db/connection/store.test.ts': "import { startPostgres } from '../embedded/postgres.js';",
        'embedded/postgres.ts': "import { spawn } from 'node:child_process';",
        'domain/runbook/render.ts': "import { stepKinds } from '../../steps/registry.js';",
        'steps/registry.ts': "import { http } from './http/step.js'; export const stepKinds = { http };",
        'steps/http/step.ts': "import { x } from '../../domain/incident/events.js'; export const http = x;",
        'steps/http/run.ts': "import type { http } from './step.js'; import { lookup } from 'node:dns';",
        'steps/effects.ts': "import { http } from './http/run.js';",
        'activities/do-step.ts': "import { http } from '../steps/effects.js';",
        'bench/page-latency.ts': "import { x } from '../domain/incident/events.js';",
      }),
    ).toEqual([]);
  });

  it.each([
    [
      'a clock in the domain',
      { 'domain/a.ts': "import { performance } from 'node:perf_hooks';" },
      /^domain\/a\.ts → node:perf_hooks/,
    ],
    [
      'a store in the domain',
      { 'domain/a.ts': "import { s } from '../db/s.js';", 'db/s.ts': empty },
      /→ db\/s\.ts: domain may not; domain runs again in every replay/,
    ],
    [
      'a type of a store in the domain',
      { 'domain/a.ts': "import type { s } from '../db/s.js';", 'db/s.ts': empty },
      /\(type\)/,
    ],
    [
      'a loaded activity in a workflow',
      { 'workflows/w.ts': "import { a } from '../activities/a.js';", 'activities/a.ts': empty },
      /workflows may not/,
    ],
    [
      'an activity half imported as a type',
      { 'workflows/w.ts': "import { type B, a } from '../activities/a.js';", 'activities/a.ts': empty },
      /workflows may not/,
    ],
    [
      'a channel in the api',
      {
        'api/x.ts': "export * from '../integrations/email/send/mail.js';",
        'integrations/email/send/mail.ts': empty,
      },
      /api may not/,
    ],
    [
      'a workflow in the api',
      { 'api/x.ts': "import { w } from '../workflows/w.js';", 'workflows/w.ts': empty },
      /api may not/,
    ],
    [
      'a late import',
      {
        'integrations/acme/alerts/x.ts': "export const load = () => import('../../../db/s.js');",
        'db/s.ts': empty,
      },
      /integrations\/\*\/alerts may not/,
    ],
    [
      'an import type',
      { 'contracts/x.ts': "export type S = import('../db/s.js').S;", 'db/s.ts': empty },
      /contracts may not/,
    ],
    [
      'a store in an activity',
      { 'activities/x.ts': "import { s } from '../db/s.js';", 'db/s.ts': empty },
      /activities may not/,
    ],
    [
      'an effect in the registry of steps',
      { 'steps/registry.ts': "import { http } from './http/run.js';", 'steps/http/run.ts': empty },
      /steps\/registry\.ts may not/,
    ],
    [
      'a schema in the pure part of a step',
      { 'steps/http/step.ts': "import { http } from './schema.js';", 'steps/http/schema.ts': empty },
      /steps\/\*\/step\.ts may not/,
    ],
    [
      'an effect of a step in the domain',
      { 'domain/a.ts': "import { http } from '../steps/http/run.js';", 'steps/http/run.ts': empty },
      /domain may not/,
    ],
    [
      'one kind of step in another',
      { 'steps/http/run.ts': "import { x } from '../notify/run.js';", 'steps/notify/run.ts': empty },
      /steps\/\* may not/,
    ],
    [
      'our code in a migration',
      { 'migrations/1.ts': "import { x } from '../domain/x.js';", 'domain/x.ts': empty },
      /migrations may not/,
    ],
    [
      'the database in the supervisor',
      { 'embedded/x.ts': "import { s } from '../db/s.js';", 'db/s.ts': empty },
      /embedded may not/,
    ],
    [
      'incidents in egress',
      { 'egress/x.ts': "import { x } from '../domain/x.js';", 'domain/x.ts': empty },
      /egress may not/,
    ],
    [
      'a test helper in the product',
      { 'db/x.ts': "import { h } from './testing/h.js';", 'db/testing/h.ts': empty },
      /→ db\/testing\/h\.ts/,
    ],
    [
      'a loaded contract in db',
      { 'db/x.ts': "import { c } from '../contracts/c.js';", 'contracts/c.ts': empty },
      /db may not/,
    ],
    [
      'a store in a page',
      { 'web/app/incident/x.ts': "import { s } from '../../../db/s.js';", 'db/s.ts': empty },
      /web\/app may not/,
    ],
    [
      'a type of a store in a component',
      { 'web/ui/x.tsx': "import type { s } from '../../db/s.js';", 'db/s.ts': empty },
      /web\/ui may not/,
    ],
  ])('refuse %s', (_, files, reason) => {
    const violations = check(files);
    expect(violations.length).toBeGreaterThan(0);
    expect(violations.join('\n')).toMatch(reason);
  });

  it('follow the pager to Temporal through other folders, and not through types', () => {
    const files = {
      'pager/main.ts': "import { send } from '../dispatch/outbound.js';",
      'dispatch/outbound.ts': "import { x } from '../integrations/channels.js'; export const send = x;",
      'integrations/channels.ts': "import { x } from './acme/send/deep.js'; export { x };",
      'integrations/acme/send/deep.ts':
        "import { Client } from '@temporalio/client'; export const x = Client;",
    };
    expect(check(files)).toEqual([
      'pager/main.ts → dispatch/outbound.ts → integrations/channels.ts → integrations/acme/send/deep.ts → @temporalio/client: pager may not reach it; ' +
        'the pager sends due deliveries while Temporal is down, and must not share its faults',
    ]);
    expect(
      check({
        ...files,
        'integrations/acme/send/deep.ts': "import type { Client } from '@temporalio/client';",
      }),
    ).toEqual([]);
  });

  it('refuse a circle, of types as well', () => {
    const violations = check({
      'domain/a.ts': "import type { B } from './b.js'; export type A = B;",
      'domain/b.ts': "import type { A } from './a.js'; export type B = A;",
    });
    expect(violations).toEqual(['domain/a.ts → domain/b.ts → domain/a.ts: a circle']);
  });

  it('keep zone data out of reach of workflows', () => {
    const violations = check({
      'workflows/incident.ts': "import { x } from '../domain/a.js';",
      'domain/a.ts': "import { y } from './oncall/shifts.js'; export const x = y;",
      'domain/oncall/shifts.ts': "import { Temporal } from 'temporal-polyfill'; export const y = Temporal;",
    });
    expect(violations).toHaveLength(1);
    expect(violations[0]).toMatch(
      /^workflows\/incident\.ts → domain\/a\.ts → domain\/oncall\/shifts\.ts → temporal-polyfill/,
    );
  });

  it('name an import that leads nowhere and a folder without a rule', () => {
    expect(check({ 'domain/a.ts': "import { x } from './gone.js';" })).toEqual([
      'domain/a.ts → domain/gone.js: there is no such source',
    ]);
    expect(check({ 'helpers/a.ts': empty })).toEqual([
      'helpers/a.ts: its folder has no rule in import-rules.ts',
    ]);
  });
});
