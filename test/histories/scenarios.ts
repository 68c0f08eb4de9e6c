/** The main paths, driven over HTTP. Each scenario returns the workflows whose histories are saved. */
import { DrillStartedReply } from '../../contracts/api/drill.js';
import { IncidentReply } from '../../contracts/api/incident.js';
import type { RunReply } from '../../contracts/api/run.js';
import { eventually } from '../harness/eventually.js';
import type { TestStack } from '../harness/test-stack.js';
import { settlingKey } from './organisation.js';

/** File name without the version → workflow id. */
export type Recorded = Record<string, string>;

export const scenarios: Record<string, (stack: TestStack) => Promise<Recorded>> = {
  async ordinary(stack) {
    const { id, number } = await stack.declare({ title: 'Replica lag' });
    await (await stack.phones.of('ana').expectsPage(number)).reply('acknowledge');
    await stack.tell(number, 'notes', { person: 'ana', text: 'Looking at the replica' });
    await resolveAndWrite(stack, number);
    for (const person of ['bo', 'dana']) await review(stack, number, person, 'approve');
    return { ordinary: `incident/${id}` };
  },

  async escalated(stack) {
    const { id, number } = await stack.declare({ title: 'Nobody there', service: 'impatient' });
    await (await stack.phones.of('bo').expectsPage(number)).reply('acknowledge');
    await stack.untilKind(number, 'acknowledgement_expired');
    await stack.phones.of('ana').expects({ incident: number, cycle: 1 });
    await stack.tell(number, 'snooze', { person: 'ana', for: '2s' });
    await stack.phones.of('ana').expects({ incident: number, cycle: 2 });
    await stack.tell(number, 'acknowledge', { person: 'ana' });
    await resolve(stack, number);
    await waive(stack, number);
    return { escalated: `incident/${id}` };
  },

  async 'sent-again'(stack) {
    stack.phones.script({ status: 500 });
    const { id, number } = await stack.declare({ title: 'A receiver that stumbles' });
    for (const attempt of [1, 2]) {
      const page = await stack.phones.of('ana').expectsPage(number);
      if (page.body.data.attempt !== attempt) throw new Error(`attempt ${page.body.data.attempt} came first`);
    }
    await stack.tell(number, 'acknowledge', { person: 'ana' });
    await resolve(stack, number);
    await waive(stack, number);
    return { 'sent-again': `incident/${id}` };
  },

  async settled(stack) {
    const alert = { title: 'A blip', dedup_key: 'blip', severity: 'critical' };
    const tell = (action: string) =>
      stack.tocsin.call('POST', `/in/${settlingKey}`, { ...alert, action }, { token: null });
    await tell('trigger');
    const { id, number } = await stack.titled('A blip');
    const client = await stack.tocsin.histories.client();
    await eventually(() => client.workflow.getHandle(`incident/${id}`).describe());
    await tell('resolve');
    await stack.untilKind(number, 'postmortem_drafted');
    await waive(stack, number);
    return { settled: `incident/${id}` };
  },

  async 'required-discipline'(stack) {
    const { id, number } = await stack.declare({ title: 'Keys are out', service: 'vault' });
    await (await stack.phones.of('ana').expectsPage(number)).reply('acknowledge');
    const page = await stack.phones.of('cleo').expects({ type: 'page.requested', incident: number, step: 2 });
    await page.reply('acknowledge');
    await resolve(stack, number);
    await waive(stack, number);
    return { 'required-discipline': `incident/${id}` };
  },

  async 'changes-requested'(stack) {
    const { id, number } = await stack.declare({ title: 'Twice reviewed' });
    await stack.tell(number, 'acknowledge', { person: 'ana' });
    await resolveAndWrite(stack, number);
    await review(stack, number, 'bo', 'request_changes');
    await write(stack, number, 'Vacuum was off on the new replica.');
    for (const person of ['bo', 'dana']) await review(stack, number, person, 'approve');
    return { 'changes-requested': `incident/${id}` };
  },

  async approved(stack) {
    const { id, number } = await stack.declare({ title: 'Drain it', service: 'guarded' });
    await (await stack.phones.of('ana').expectsPage(number)).reply('acknowledge');
    const asked = await stack.phones.of('ana').expects({ type: 'approval.requested', incident: number });
    await asked.reply('approve', { comment: 'go on' });
    const run = await waitsAt(stack, number, 'verify');
    await step(stack, run, 'verify', 'complete');
    await stack.untilKind(number, 'runbook_finished');
    await resolve(stack, number);
    await waive(stack, number);
    return { 'with-runbook': `incident/${id}`, approved: `runbook/${run.id}` };
  },

  async expired(stack) {
    const { id, number } = await stack.declare({ title: 'Too late', service: 'hasty' });
    await stack.tell(number, 'acknowledge', { person: 'ana' });
    await stack.untilKind(number, 'runbook_finished');
    const run = await onlyRun(stack, number);
    await resolve(stack, number);
    await waive(stack, number);
    return { 'approval-expired': `runbook/${run.id}`, 'acknowledged-early': `incident/${id}` };
  },

  async goto(stack) {
    const { number } = await stack.declare({ title: 'Does not answer', service: 'broken' });
    await stack.tell(number, 'acknowledge', { person: 'ana' });
    const run = await waitsAt(stack, number, 'by-hand');
    await step(stack, run, 'by-hand', 'complete');
    await stack.untilKind(number, 'runbook_finished');
    // A drill does not start while a real incident is open.
    await resolve(stack, number);
    await waive(stack, number);
    return { goto: `runbook/${run.id}` };
  },

  async 'priority-raised'(stack) {
    const { id, number } = await stack.declare({ title: 'Grows', service: 'rising', severity: 'info' });
    await stack.phones.of('ana').expectsPage(number);
    await stack.tell(number, 'priority', { person: 'ana', priority: 'P1', reason: 'everybody is affected' });
    await stack.untilKind(number, 'runbook_started');
    const run = await waitsAt(stack, number, 'ok');
    const cancelled = { person: 'ana', reason: 'not needed' };
    await accepted(stack, 'POST', `/api/v1/runs/${run.id}/cancel`, cancelled);
    await stack.untilKind(number, 'runbook_finished');
    await resolve(stack, number);
    await waive(stack, number);
    return { 'priority-raised': `incident/${id}`, cancelled: `runbook/${run.id}` };
  },

  async drill(stack) {
    const started = await stack.tocsin.ask(DrillStartedReply, 'POST', '/api/v1/drills/lag/start', {});
    const path = `/api/v1/incidents/${started.incident}`;
    const { id, number } = await stack.tocsin.ask(IncidentReply, 'GET', path);
    await (await stack.phones.of('ana').expectsPage(number)).reply('acknowledge');
    await stack.until(number, ({ alertsTotal }) => alertsTotal === 2);
    await resolveAndWrite(stack, number);
    for (const person of ['bo', 'dana']) await review(stack, number, person, 'approve');
    return { drill: `drill/${started.id}`, rehearsed: `incident/${id}` };
  },

  /** The workflow was lost; the next event rebuilds it from the record. */
  async rebuilt(stack) {
    const { id, number } = await stack.declare({ title: 'Lost and found', service: 'impatient' });
    await stack.phones.of('ana').expectsPage(number);
    const client = await stack.tocsin.histories.client();
    // The page may be out before the workflow is there.
    const workflow = client.workflow.getHandle(`incident/${id}`);
    await eventually(
      () =>
        workflow.terminate('lost').then(
          () => true,
          () => false,
        ),
      { what: 'the workflow' },
    );
    await stack.tell(number, 'notes', { person: 'cleo', text: 'Is anybody there?' });
    await stack.phones.of('bo').expectsPage(number);
    await stack.tell(number, 'acknowledge', { person: 'bo' });
    await resolve(stack, number);
    await waive(stack, number);
    return { rebuilt: `incident/${id}` };
  },
};

async function resolve(stack: TestStack, number: string): Promise<void> {
  await stack.tell(number, 'resolve', { person: 'ana' });
  await stack.untilKind(number, 'postmortem_drafted');
}

async function resolveAndWrite(stack: TestStack, number: string): Promise<void> {
  await resolve(stack, number);
  await write(stack, number, 'Vacuum was off.');
}

async function write(stack: TestStack, number: string, rootCauses: string): Promise<void> {
  const path = `/api/v1/incidents/${number}/postmortem`;
  const sections = { rootCauses, wentWell: 'The page.', wentBadly: 'Nobody looked.', lessons: 'Look.' };
  await accepted(stack, 'PUT', path, { sections, person: 'ana' });
  if ((await stack.postmortem(number)).status !== 'in_review')
    await accepted(stack, 'POST', `${path}/submit`, { person: 'ana' });
}

/** Waits for the request: then the workflow has seen the submission. */
async function review(stack: TestStack, number: string, person: string, decision: string): Promise<void> {
  await stack.phones.of(person).expects({ type: 'review.requested', incident: number });
  const body = { decision, person, comment: 'Read.' };
  await accepted(stack, 'POST', `/api/v1/incidents/${number}/postmortem/reviews`, body);
}

export async function waive(stack: TestStack, number: string): Promise<void> {
  const body = { person: 'root', reason: 'A recording.' };
  await accepted(stack, 'POST', `/api/v1/incidents/${number}/postmortem/waive`, body);
  await stack.until(number, ({ status }) => status === 'closed');
}

const onlyRun = (stack: TestStack, number: string): Promise<RunReply> =>
  eventually(async () => (await stack.runsOf(number))[0], { what: `a run on ${number}` });

async function waitsAt(stack: TestStack, number: string, id: string): Promise<RunReply> {
  const { id: run } = await onlyRun(stack, number);
  return eventually(
    async () => {
      const seen = await stack.run(run);
      return seen.steps.some((one) => one.id === id && one.state === 'waiting') && seen;
    },
    { what: `step ${id} of run ${run}` },
  );
}

const step = (stack: TestStack, run: RunReply, id: string, how: string): Promise<void> =>
  accepted(stack, 'POST', `/api/v1/runs/${run.id}/steps/${id}/${how}`, { person: 'ana', comment: 'Done.' });

/** Sent by a person, signed in. */
async function accepted(
  stack: TestStack,
  method: string,
  path: string,
  { person, ...body }: { person: string; [more: string]: unknown },
): Promise<void> {
  const { status, text } = await stack.tocsin.call(method, path, body, { as: person });
  if (status < 200 || status > 299) throw new Error(`${method} ${path} answered ${status}: ${text}`);
}
