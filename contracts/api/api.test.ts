import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { fieldProblems, pathText } from '../problems.js';
import { WebhookBody } from '../webhook.js';
import { PageQuery } from './common.js';
import { DeclareBody, SnoozeBody } from './incident-commands.js';
import { ShiftsQuery } from './oncall.js';
import { SimulateBody } from './policy.js';
import { ReviewBody, SectionsBody } from './postmortem.js';
import { SkipStepBody, StartRunBody } from './run.js';

const problems = (schema: z.ZodType, body: unknown): string[] => {
  const result = schema.safeParse(body);
  return result.success
    ? []
    : fieldProblems(result.error, body).map(({ path, message }) => `${pathText(path)}: ${message}`);
};

describe('a request body', () => {
  it('declares an incident with a title alone', () => {
    expect(problems(DeclareBody, { title: 'Checkout is down' })).toEqual([]);
    expect(problems(DeclareBody, {})).toEqual(['title: missing: a text is needed']);
    expect(problems(DeclareBody, { title: 'a\nb', priority: 'P9', foo: 1 })).toEqual([
      'title: one line, without control characters, got "a\\nb"',
      'priority: one of P1, P2, P3, P4, P5, got "P9"',
      'foo: unknown field',
    ]);
  });

  it('tries out a policy that can be looked up while others wait', () => {
    const simulate = (targets: number, repeat: number) => {
      const notify = Array.from({ length: targets }, (_, n) => ({ person: `p${n}` }));
      const policy = { team: 'ops', repeat, steps: [{ notify, wait: '5m' }] };
      return problems(SimulateBody, { at: '2026-03-01T03:00:00Z', priority: 'P1', policy });
    };
    expect(simulate(50, 9)).toEqual([]);
    const many = Array.from({ length: 5 }, () => ({
      roundRobin: Array.from({ length: 50 }, (_, n) => ({ person: `p${n}` })),
    }));
    const steps = many.map((one) => ({ notify: [one], wait: '5m' }));
    const body = { at: '2026-03-01T03:00:00Z', priority: 'P1', policy: { team: 'ops', repeat: 9, steps } };
    expect(problems(SimulateBody, body)).toEqual([
      'policy.steps: at most 1000 targets in all passes can be tried out, got 2500',
    ]);
  });

  it('asks for a comment with requested changes, and for a person with a delegation', () => {
    expect(problems(ReviewBody, { decision: 'approve' })).toEqual([]);
    expect(problems(ReviewBody, { decision: 'request_changes', comment: ' ' })).toEqual([
      'comment: missing: say what should change',
    ]);
    expect(problems(ReviewBody, { decision: 'delegate' })).toEqual([
      'to: missing: name the person who reviews instead',
    ]);
    expect(problems(ReviewBody, { decision: 'approve', to: 'bo' })).toEqual([
      'to: only with the decision delegate',
    ]);
  });

  it('says which choice is missing', () => {
    expect(problems(SnoozeBody, { for: '1h' })).toEqual([]);
    expect(problems(SnoozeBody, {})).toEqual([
      ': until (an instant) or for (a duration such as 1h) is needed, got an object',
    ]);
  });

  it('holds sections by their names, each within its size', () => {
    expect(problems(SectionsBody, { sections: { summary: 'x' } })).toEqual([]);
    expect(problems(SectionsBody, { sections: { rootCauses: 'ä'.repeat(40_000) } })[0]).toContain(
      'sections.rootCauses: at most 64 KiB of text',
    );
    expect(problems(SectionsBody, { sections: {} })[0]).toContain('at least one of summary');
  });

  it('fills what is left out', () => {
    expect(StartRunBody.parse({ incident: 'INC-1' })).toEqual({
      incident: 'INC-1',
      inputs: {},
      dryRun: false,
    });
    expect(problems(SkipStepBody, {})).toEqual(['comment: missing: say why the step is skipped']);
  });
});

describe('a query', () => {
  it('pages by 50, at most 200', () => {
    expect(PageQuery.parse({})).toEqual({ limit: 50 });
    expect(PageQuery.parse({ limit: '200', cursor: 'x' })).toEqual({ limit: 200, cursor: 'x' });
    expect(problems(PageQuery, { limit: '201' })).toEqual(['limit: at most 200, got "201"']);
    expect(problems(PageQuery, { limit: 'many' })).toHaveLength(1);
  });

  it('asks for shifts in a range that goes forward', () => {
    expect(problems(ShiftsQuery, { from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' })[0]).toContain(
      'to: an instant after from',
    );
  });
});

describe('the webhook body', () => {
  it('is the documented one', () => {
    const page = {
      type: 'page.requested',
      timestamp: '2026-11-22T22:10:00.000Z',
      data: {
        incident: {
          id: 'x',
          number: 'INC-42',
          title: 't',
          priority: 'P1',
          status: 'triggered',
          service: 'checkout-db',
          drill: false,
        },
        person: 'ana',
        step: 1,
        cycle: 0,
        attempt: 1,
        possibleDuplicate: false,
        links: {
          respond: 'https://tocsin.example.com/l/x',
          incident: 'https://tocsin.example.com/incidents/INC-42',
        },
        bridge: null,
      },
    };
    expect(problems(WebhookBody, page)).toEqual([]);
    expect(problems(WebhookBody, { ...page, type: 'page.lost' })).toHaveLength(1);
    expect(z.toJSONSchema(WebhookBody)).toMatchObject({
      $defs: { WebhookBody: { oneOf: expect.any(Array) } },
    });
  });
});
