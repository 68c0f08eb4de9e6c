import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import type { HttpCall } from '../steps/http/step.js';
import { openProof, RecordedRun } from '../workflows/testing/recorded-run.js';
import type { EgressOutcome, EgressRequest } from '../ports/egress.js';
import { createRunbookActivities } from './runbook-activities.js';
import { capResult, RESULT_LIMIT, withoutSecrets } from './step-result.js';

type Answered = Extract<EgressOutcome, { kind: 'answered' }>;

async function call(
  http: HttpCall,
  outcome: Partial<Answered> | Exclude<EgressOutcome, Answered>,
  outputs: Record<string, string> = {},
) {
  const record = new RecordedRun({ runId: 'run', steps: [{ id: 'call', http, outputs }] });
  const requests: EgressRequest[] = [];
  const answer: EgressOutcome =
    'reason' in outcome
      ? outcome
      : { kind: 'answered', status: 200, headers: {}, body: '', truncated: false, ms: 1, ...outcome };
  const activities = createRunbookActivities({
    runs: record,
    egress: {
      request: async (request) => {
        requests.push(request);
        return answer;
      },
      resolve: async () => ({ kind: 'refused', reason: '' }),
    },
    checks: { run: async () => ({ ok: true, summary: '', output: '', ms: 0 }) },
    notices: { notify: async () => ({ people: [] }) },
    proof: openProof,
    secrets: {
      find: async (name) => (name === 'db' ? { kind: 'secret', value: 'hunter2secret', hosts: ['a'] } : null),
    },
  });
  const at = { incidentId: 'incident-1', runId: 'run', step: 'call', execution: 1 };
  const failure = await activities.doStep({ at }).then(
    () => null,
    (error: unknown) => (error instanceof ApplicationFailure ? error : Promise.reject(error)),
  );
  return {
    request: requests[0],
    kept: record.kept.get('call'),
    failure,
    state: record.states['call'],
    requests,
  };
}

const json = { 'Content-Type': 'application/json; charset=utf-8', 'set-cookie': 'session=1' };

describe('an http step', () => {
  it('gives its answer as data to its outputs, without cookies', async () => {
    const { kept, state } = await call(
      { url: 'https://a/' },
      { headers: json, body: '{"lag": 3}' },
      { s: '${{ result.body.lag }}' },
    );
    expect(state).toBe('succeeded');
    expect(kept).toMatchObject({
      text: 'GET answered 200 in 1 ms',
      outputs: { s: 3 },
      result: { status: 200, body: { lag: 3 } },
    });
    expect(JSON.stringify(kept)).not.toContain('session');
  });

  it('carries secrets only in the call; what echoes them is hidden', async () => {
    const http = {
      method: 'POST',
      url: 'https://a/',
      headers: { Authorization: 'Bearer ${{ secrets.db }}' },
      body: { k: '${{ secrets.db }}' },
    } as const;
    const { request, kept } = await call(http, {
      headers: json,
      body: '{"you": "sent hunter2secret", "apiKey": "abc"}',
    });
    expect(request).toMatchObject({ method: 'POST', body: '{"k":"hunter2secret"}' });
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer hunter2secret',
      'content-type': 'application/json',
      'idempotency-key': 'run/call/1',
    });
    expect(kept?.result).toMatchObject({ body: { you: 'sent [redacted]', apiKey: '[redacted]' } });
  });

  it('fails without a call when a secret is missing', async () => {
    const { failure, requests } = await call({ url: 'https://a/${{ secrets.nope }}' }, {});
    expect(failure).toMatchObject({ message: 'There is no secret "nope"', nonRetryable: true });
    expect(requests).toHaveLength(0);
  });

  it.each<[string, HttpCall, Parameters<typeof call>[1], object]>([
    [
      'another status',
      { url: 'https://a/' },
      { status: 500, body: 'oops' },
      { type: 'StepFailed', nonRetryable: false, message: 'GET answered 500 in 1 ms, not a 2xx: oops' },
    ],
    [
      'a status that is not expected',
      { url: 'https://a/', expect: [404] },
      { status: 200 },
      { type: 'StepFailed', nonRetryable: false },
    ],
    [
      'a forbidden address',
      { url: 'https://a/' },
      { kind: 'refused', reason: 'private' },
      { type: 'StepFailed', nonRetryable: true },
    ],
    [
      'a cut',
      { url: 'https://a/', method: 'POST' },
      { kind: 'interrupted', reason: 'cut' },
      { type: 'StepFailed', message: 'POST got no answer: cut; it may have been done' },
    ],
  ])('fails at %s', async (_, http, outcome, failure) => {
    expect((await call(http, outcome)).failure).toMatchObject(failure);
  });

  it('accepts the statuses it expects', async () => {
    expect((await call({ url: 'https://a/', expect: [404] }, { status: 404 })).state).toBe('succeeded');
  });

  it.each([
    ['${{ result.body.nope }}', /output s cannot be filled in: No such key: nope/],
    ['${{ result.body }}', /outputs are \d+ bytes long, more than 4096/],
  ])('fails for good when its output %s cannot be made', async (output, text) => {
    const body = JSON.stringify({ long: 'x'.repeat(5000) });
    const { state, kept, failure } = await call(
      { url: 'https://a/' },
      { headers: json, body },
      { s: output },
    );
    expect(failure).toBeNull();
    expect(state).toBe('failed');
    expect(kept?.text).toMatch(text);
  });
});

describe('what a step leaves behind', () => {
  it('is cut to its limit, also when every character takes six bytes', () => {
    for (const text of ['x'.repeat(40_000), '\u0001'.repeat(40_000), '🔥'.repeat(20_000)]) {
      const capped = capResult({ status: 200, body: { text } });
      expect(capped).toMatchObject({ status: 200, truncated: true });
      expect(Buffer.byteLength(JSON.stringify(capped))).toBeLessThanOrEqual(RESULT_LIMIT);
    }
    expect(capResult({ status: 200, body: 'x' })).toEqual({ status: 200, body: 'x' });
    expect(
      Buffer.byteLength(JSON.stringify(capResult({ headers: { location: 'x'.repeat(40_000) } }))),
    ).toBeLessThanOrEqual(RESULT_LIMIT);
  });

  it('holds no secret in a key, a list or a nested text', () => {
    const secret = 's3cr3t-value';
    const hidden = JSON.stringify(
      withoutSecrets({ [secret]: [`a${secret}b`, { deep: { text: `${secret}${secret}` } }] }, [secret]),
    );
    expect(hidden).not.toContain(secret);
    expect(hidden).toContain('a[redacted]b');
  });
});
