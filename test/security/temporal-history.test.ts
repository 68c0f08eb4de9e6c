/**
 * Reads the whole history of a rich incident as Temporal stores it: no title, name, address, label, text or secret is
 * readable (docs/security.md S14, docs/reliability.md I11).
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { ownService } from '../harness/own-service.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

const SECRET = 'canary-secret-zebra';
const canaries = {
  title: 'canary-title-giraffe',
  description: 'canary-description-walrus',
  label: 'canary-label-okapi',
  link: 'https://canary-link.example.com/tapir',
  note: 'canary-note-lemur',
  comment: 'canary-comment-ibis',
  input: 'canary-input-heron',
  answer: 'canary-answer-newt',
  error: 'canary-error-stoat',
};

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack({
    env: { TOCSIN_SECRET_DB: SECRET, TOCSIN_SECRET_DB_HOSTS: 'http://127.0.0.1:1' },
  });
}, 90_000);
afterAll(() => stack.end(), 60_000);

const source = 'd5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5';

describe('what Temporal keeps of an incident', () => {
  it('says nothing to who has no key, errors included', async () => {
    await stack.apply(
      ownService('rich', '[{notify: [{person: ana}], wait: 1h}]', { plan: '{runbooks: [rich]}' }),
      `---
apiVersion: tocsin/v1
kind: Source
metadata: {name: rich}
spec: {format: generic, service: rich, key: ${source}}
---
apiVersion: tocsin/v1
kind: Runbook
metadata: {name: rich}
spec:
  timeout: 10m
  inputs: {word: {type: string, default: "${canaries.input}"}}
  steps:
    - {id: broken, on-failure: continue, http: {url: "http://127.0.0.1:1/${canaries.error}?\${{ inputs.word }}", headers: {x: "\${{ secrets.db }}"}}}
    - {id: told, notify: {to: "person:bo", text: "${canaries.answer} \${{ alert.title }}"}}
    - {id: ok, approve: {from: ["person:ana"], message: "Go on? \${{ inputs.word }}"}}
`,
    );
    const alert = {
      title: canaries.title,
      description: canaries.description,
      dedupKey: 'rich',
      severity: 'critical',
      labels: { instance: canaries.label },
      links: [{ href: canaries.link, text: 'Look' }],
    };
    await stack.tocsin.call('POST', `/in/${source}`, alert, { token: null });
    const { id, number } = await stack.titled(canaries.title);
    await (await stack.phones.of('ana').expectsPage(number)).reply('acknowledge');
    await stack.tell(number, 'notes', { person: 'ana', text: canaries.note });
    const asked = await stack.phones.of('ana').expects({ type: 'approval.requested', incident: number });
    await asked.reply('approve', { comment: canaries.comment });
    await stack.untilKind(number, 'runbook_finished');
    await stack.tell(number, 'resolve', { person: 'ana' });
    await stack.untilKind(number, 'postmortem_drafted');
    const [run] = await stack.runsOf(number);
    const { histories } = stack.tocsin;
    const workflows = [`incident/${id}`, `runbook/${run?.id ?? ''}`];
    await eventually(
      async () => {
        const { workflow } = await histories.client();
        return (await workflow.getHandle(workflows[1] ?? '').describe()).status.name === 'COMPLETED';
      },
      { what: 'the end of the run' },
    );

    const people = ['Ana', 'ana@example.com', 'bo@example.com', '"ana"', '"bo"', stack.phones.of('ana').url];
    for (const workflowId of workflows) {
      const kept = readable(await histories.of(workflowId));
      const { workflow } = await histories.client();
      const described = readable((await workflow.getHandle(workflowId).describe()).raw);
      for (const text of [...Object.values(canaries), ...people, SECRET, number])
        expect([workflowId, text, kept.includes(text) || described.includes(text)]).toEqual([
          workflowId,
          text,
          false,
        ]);
    }
    // The same words appear with the key, so the search above was meaningful; the secret's value does not appear even
    // then.
    const opened = await Promise.all(workflows.map((workflowId) => histories.opened(workflowId)));
    const clear = opened.map(readable).join('\n');
    for (const text of [canaries.title, canaries.input, canaries.error, canaries.note, '"ana"'])
      expect([text, clear.includes(text)]).toEqual([text, true]);
    expect(clear).not.toContain(SECRET);
  }, 120_000);
});

/** Every string and every run of bytes in it, as text. */
function readable(value: unknown): string {
  const found: string[] = [];
  const walk = (one: unknown): void => {
    if (typeof one === 'string') {
      found.push(one);
      if (/^[A-Za-z0-9+/]{8,}={0,2}$/.test(one)) found.push(Buffer.from(one, 'base64').toString('latin1'));
    } else if (one instanceof Uint8Array) {
      found.push(Buffer.from(one).toString('latin1'), Buffer.from(one).toString('utf8'));
    } else if (typeof one === 'object' && one !== null) {
      for (const [key, inner] of Object.entries(one)) {
        found.push(key);
        walk(inner);
      }
    }
  };
  walk(value);
  return found.join('\n');
}
