import { describe, expect, it } from '@jest/globals';
import { documentDiff } from './diff.js';
import { anyKindJsonSchema, fieldNames, kindJsonSchema, publishedSchemas } from './json-schema.js';
import { CONFIG_KINDS } from '../../domain/config/specs.js';
import { responsePlanSpec } from './response-plan.js';
import { sourceSpec } from './source.js';

describe('the published schemas', () => {
  it('are one for each kind, with its envelope, and one for any kind', () => {
    const schemas = publishedSchemas('https://tocsin.example.com/schemas/v1/');
    expect([...schemas.keys()]).toEqual([...CONFIG_KINDS.map((kind) => `${kind}.json`), 'tocsin.json']);
    for (const [file, schema] of schemas) {
      expect(schema).toMatchObject({
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        $id: `https://tocsin.example.com/schemas/v1/${file}`,
      });
    }
  });

  it('refuse unknown fields, ask only for what has no default, and explain themselves', () => {
    const team = kindJsonSchema('Team');
    expect(team).toMatchObject({
      additionalProperties: false,
      required: ['apiVersion', 'kind', 'metadata', 'spec'],
      properties: { kind: { const: 'Team' } },
    });
    expect(team).toMatchObject({
      $defs: {
        TeamSpec: {
          additionalProperties: false,
          required: ['displayName', 'timezone'],
          properties: { discipline: { default: 'development', description: expect.any(String) } },
        },
      },
    });
    expect(anyKindJsonSchema()).toMatchObject({ oneOf: expect.any(Array) });
  });

  it('know the names of all fields of a kind', () => {
    expect(fieldNames('Runbook')).toEqual(
      expect.arrayContaining(['on-failure', 'two-person', 'steps', 'apiVersion']),
    );
  });
});

describe('defaults', () => {
  it('of a post-mortem follow its priority and its kind', () => {
    const plan = responsePlanSpec.parse({
      priorities: { P1: { postmortem: { due: '2bd' } }, P2: { postmortem: { kind: 'light' } }, P3: {} },
    });
    expect(plan.priorities).toEqual({
      P1: { postmortem: { kind: 'full', quorum: { participants: 1, stakeholders: 1 }, due: '2bd' } },
      P2: { postmortem: { kind: 'light', quorum: { participants: 1, stakeholders: 0 }, due: '5bd' } },
      P3: {},
    });
  });

  it('let no incident of P1 or P2 close unreviewed, and no other without a reason', () => {
    const errors = (priority: string, postmortem: object): string[] => {
      const parsed = responsePlanSpec.safeParse({ priorities: { [priority]: { postmortem } } });
      return parsed.success
        ? []
        : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    };
    const none = { kind: 'none', reason: 'a probe, not a service' };
    expect(errors('P1', none)).toEqual([
      'priorities.P1.postmortem.kind: full or light: every P1 has a post-mortem of its own',
    ]);
    expect(errors('P2', none)).toHaveLength(1);
    expect(errors('P5', none)).toEqual([]);
    expect(errors('P5', { kind: 'none' })).toEqual([
      'priorities.P5.postmortem.reason: missing: with kind none, say why nobody reviews these incidents',
    ]);
    expect(errors('P5', { kind: 'light', reason: 'small' })).toEqual([
      'priorities.P5.postmortem.reason: only with kind none',
    ]);
    expect(errors('P5', { ...none, due: '2bd' })).toEqual([
      'priorities.P5.postmortem.due: with kind none nothing is due; leave it out',
    ]);
  });

  it('let the PagerDuty format acknowledge and no other', () => {
    expect(sourceSpec.parse({ format: 'pagerduty-v2' }).acknowledge).toBe(true);
    expect(sourceSpec.parse({ format: 'alertmanager' }).acknowledge).toBe(false);
  });
});

describe('the diff of a document', () => {
  const spec = { displayName: 'A', timezone: 'UTC', members: ['ana'] };

  it('shows what changes, whatever the order of the keys', () => {
    const before = { kind: 'Team' as const, name: 'a', spec };
    expect(
      documentDiff(before, { ...before, spec: { members: ['ana'], timezone: 'UTC', displayName: 'A' } }),
    ).toBe('');
    const diff = documentDiff(before, { ...before, spec: { ...spec, displayName: 'B' } });
    expect(diff).toContain('--- Team/a');
    expect(diff).toContain('-  displayName: A\n+  displayName: B');
    expect(documentDiff(null, before)).toContain('--- /dev/null');
    expect(documentDiff(before, null)).toContain('+++ /dev/null');
  });

  it('never shows a key or a secret', () => {
    const key = 'k'.repeat(32);
    const secret = `whsec_${'s'.repeat(32)}`;
    const shown = [
      documentDiff(null, { kind: 'Source', name: 's', spec: { format: 'generic', key } }),
      documentDiff({ kind: 'Person', name: 'p', spec: { contacts: [{ name: 'hook', secret }] } }, null),
    ].join('\n');
    expect(shown).toContain('(hidden)');
    expect(shown).not.toContain(key);
    expect(shown).not.toContain(secret);
  });
});
