/** A runbook runs through its steps with machines and people. */
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { RunReply } from '../../contracts/api/run.js';
import { eventually } from '../harness/eventually.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;
let machine: { url: string; calls: string[]; answers: number[]; server: Server };

beforeAll(async () => {
  [stack, machine] = await Promise.all([startTestStack(), startMachine()]);
}, 90_000);
afterAll(async () => {
  await stack.end();
  machine.server.closeAllConnections();
  machine.server.close();
});

/** A machine with an HTTP endpoint: answers 200 and its lag unless scripted otherwise. */
async function startMachine() {
  const calls: string[] = [];
  const answers: number[] = [];
  const server = createServer((request, response) => {
    calls.push(`${request.method ?? ''} ${request.url ?? ''}`);
    response.writeHead(answers.shift() ?? 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ lag: 42 }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, calls, answers, server };
}

const runbook = (name: string, steps: string, more = ''): string => `---
apiVersion: tocsin/v1
kind: Runbook
metadata: {name: ${name}}
spec:
  inputs: {host: {type: string, default: db-1}}
  timeout: 5m${more}
  steps:
${steps.replace(/^/gm, '    ')}
`;

/** Starts a run on a new incident that `ana` commands. */
const start = async (name: string, steps: string, { by = 'ana', body = {} } = {}) => {
  await stack.apply(runbook(name, steps));
  const { number } = await stack.declare({ title: `For the runbook ${name}` });
  await stack.tell(number, 'acknowledge', { person: 'ana' });
  const run = await stack.tocsin.ask(RunReply, 'POST', `/api/v1/runbooks/${name}/runs`, {
    incident: number,
    person: by,
    ...body,
  });
  return { number, id: run.id };
};

const ApprovalOfStep = z.looseObject({ expiresAt: z.string(), digest: z.string() });

const until = (id: string, holds: (run: RunReply) => boolean) =>
  eventually(
    async () => {
      const run = await stack.run(id);
      return holds(run) ? run : Promise.reject(new Error(JSON.stringify(run)));
    },
    { what: `what is wanted of run ${id}`, timeoutMs: 20_000 },
  );
const waitsAt = (id: string, step: string) =>
  until(id, (run) => run.steps.some((one) => one.id === step && one.state === 'waiting'));
const ended = (id: string) => until(id, ({ state }) => state !== 'running' && state !== 'waiting');
const states = (run: RunReply) => Object.fromEntries(run.steps.map(({ id, state }) => [id, state]));
const act = (
  id: string,
  step: string,
  how: string,
  { person, ...body }: { person?: string; comment?: string; digest?: string },
) =>
  stack.tocsin.call(
    'POST',
    `/api/v1/runs/${id}/steps/${step}/${how}`,
    body,
    person === undefined ? {} : { as: person },
  );

describe('a run', () => {
  it('calls, checks, decides, asks for approval and a pair of hands, and is told on the timeline', async () => {
    const { number, id } = await start(
      'drain',
      `- {id: lag, http: {url: "${machine.url}/lag/\${{ inputs.host }}"}, outputs: {seconds: "\${{ result.body.lag }}"}}
- {id: alive, check: {http: "${machine.url}/healthz"}}
- id: choose
  switch: [{if: "\${{ steps.lag.outputs.seconds < 30 }}", goto: verify}]
- {id: tell, notify: {to: "person:bo", text: "Draining \${{ inputs.host }}"}, if: "\${{ steps.lag.outputs.seconds > 9000 }}"}
- {id: ok, approve: {from: ["role:commander"], message: "Drain \${{ inputs.host }}?"}, timeout: 1m}
- {id: drain, http: {method: POST, url: "${machine.url}/drain"}}
- {id: verify, manual: "- [ ] Canary writes succeed"}`,
    );
    const asked = await stack.phones.of('ana').expects({ type: 'approval.requested', incident: number });
    expect(machine.calls).toEqual(['GET /lag/db-1', 'GET /healthz']);
    const form = await asked.open();
    expect(form.text).toContain('Drain db-1?');
    await form.press('approve', { comment: 'go on' });
    await waitsAt(id, 'verify');
    expect(machine.calls.at(-1)).toBe('POST /drain');
    expect((await act(id, 'verify', 'complete', { person: 'ana', comment: 'looks fine' })).status).toBe(200);
    const run = await ended(id);
    expect(run.state).toBe('succeeded');
    expect(states(run)).toEqual({
      lag: 'succeeded',
      alive: 'succeeded',
      choose: 'succeeded',
      tell: 'skipped',
      ok: 'succeeded',
      drain: 'succeeded',
      verify: 'succeeded',
    });
    expect(await stack.kinds(number)).toEqual(
      expect.arrayContaining([
        'runbook_started',
        'approval_requested',
        'approval_decided',
        'step_finished',
        'runbook_finished',
      ]),
    );
  });

  it('tries a step again as often as it says, then goes where on-failure points', async () => {
    machine.answers.push(500, 500, 200, 503, 503);
    const { id } = await start(
      'retry',
      `- {id: twice, http: {url: "${machine.url}/a"}, retry: {attempts: 3, delay: 1s}}
- {id: never, http: {url: "${machine.url}/b"}, retry: {attempts: 2, delay: 1s}, on-failure: "goto:restore"}
- {id: passed-over, http: {url: "${machine.url}/c"}}
- {id: restore, http: {method: POST, url: "${machine.url}/restore"}}`,
    );
    const run = await ended(id);
    expect(run.state).toBe('succeeded');
    expect(run.steps.map(({ id: step, state, attempts }) => [step, state, attempts])).toEqual([
      ['twice', 'succeeded', 3],
      ['never', 'failed', 2],
      ['passed-over', expect.stringMatching(/pending|skipped/), 0],
      ['restore', 'succeeded', 1],
    ]);
  });

  it('fails at a step that nobody catches', async () => {
    machine.answers.push(500);
    const { id } = await start(
      'abort',
      `- {id: broken, http: {url: "${machine.url}/x"}}
- {id: after, http: {url: "${machine.url}/y"}}`,
    );
    const run = await ended(id);
    expect(run.state).toBe('failed');
    expect(run.steps[0]).toMatchObject({ state: 'failed', error: expect.stringContaining('500') });
    expect(machine.calls).not.toContain('GET /y');
  });

  it('lets people skip with a reason and cancel', async () => {
    const { id } = await start(
      'hands',
      `- {id: one, manual: "first"}
- {id: two, manual: "second"}`,
    );
    await waitsAt(id, 'one');
    expect((await act(id, 'one', 'skip', { person: 'ana' })).status).toBe(400);
    expect((await act(id, 'one', 'skip', { person: 'ana', comment: 'done already' })).status).toBe(200);
    await waitsAt(id, 'two');
    const cancelled = await stack.tocsin.call('POST', `/api/v1/runs/${id}/cancel`, {
      person: 'ana',
      reason: 'not needed',
    });
    expect(cancelled.status).toBe(200);
    const run = await ended(id);
    expect(run.state).toBe('cancelled');
    expect(states(run)).toMatchObject({ one: 'skipped', two: 'cancelled' });
  });
});

describe('an approval', () => {
  it('needs its quorum of those entitled, never the requester twice, and one no is a no', async () => {
    const steps = `- id: ok
  approve: {from: ["team:checkout"], min: 2, two-person: true, message: "Both of you?"}
  timeout: 1m`;
    const { number, id } = await start('quorum', steps);
    const fromBo = await stack.phones.of('bo').expects({ type: 'approval.requested', incident: number });
    const own = await act(id, 'ok', 'approve', { person: 'ana' });
    expect(own.status).toBe(409);
    expect((await act(id, 'ok', 'approve', { person: 'dana' })).status).toBe(409);
    await fromBo.reply('approve');
    await waitsAt(id, 'ok');
    const fromCleo = await stack.phones.of('cleo').expects({ type: 'approval.requested', incident: number });
    await fromCleo.reply('approve');
    expect((await ended(id)).state).toBe('succeeded');

    const again = await start('quorum', steps);
    await (
      await stack.phones.of('bo').expects({ type: 'approval.requested', incident: again.number })
    ).reply('reject');
    expect(states(await ended(again.id))).toEqual({ ok: 'failed' });
  });

  it('is bound to what was shown', async () => {
    const { id } = await start(
      'digest',
      `- {id: ok, approve: {from: ["role:commander"], message: "Really?"}, timeout: 1m}`,
    );
    await waitsAt(id, 'ok');
    const other = await act(id, 'ok', 'approve', { person: 'ana', digest: '0'.repeat(64) });
    expect(other.status).toBe(409);
    expect((await waitsAt(id, 'ok')).state).toBe('waiting');
  });

  it.each([-40, -5, 5])(
    'answered %d ms from its timeout has one outcome, for the record and for the workflow',
    async (offsetMs) => {
      const { number, id } = await start(
        'race',
        `- {id: ok, approve: {from: ["role:commander"], message: "Quick?"}, timeout: 3s}`,
      );
      const waiting = await waitsAt(id, 'ok');
      const { expiresAt, digest } = ApprovalOfStep.parse(waiting.steps[0]?.approval);
      await until(id, () => Date.now() >= Date.parse(expiresAt) + offsetMs);
      const presses = await Promise.all(
        [1, 2, 3, 4].map(async () => (await act(id, 'ok', 'approve', { person: 'ana', digest })).status),
      );
      const run = await ended(id);
      const outcomes = (await stack.kinds(number)).filter((kind) =>
        /^approval_(decided|expired)$/.test(kind),
      );
      expect(outcomes).toEqual([run.state === 'succeeded' ? 'approval_decided' : 'approval_expired']);
      // No person gets a confirmation that is overruled afterwards, or the reverse.
      expect(new Set(presses)).toEqual(new Set([run.state === 'succeeded' ? 200 : 409]));
    },
  );
});
