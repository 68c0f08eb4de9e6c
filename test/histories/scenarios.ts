/** The main paths, driven over HTTP like a story. Each names the workflows whose histories are kept. */
import { DrillStartedReply } from '../../contracts/api/drill.js';
import { IncidentReply } from '../../contracts/api/incident.js';
import type { RunReply } from '../../contracts/api/run.js';
import { eventually } from '../harness/eventually.js';
import type { Story } from '../harness/story.js';
import { settlingKey } from './organisation.js';

/** File name without the version → workflow id. */
export type Recorded = Record<string, string>;

export const scenarios: Record<string, (story: Story) => Promise<Recorded>> = {
  async ordinary(story) {
    const { id, number } = await story.declare({ title: 'Replica lag' });
    await (await story.phones.of('ana').expectsPage(number)).reply('acknowledge');
    await story.tell(number, 'notes', { person: 'ana', text: 'Looking at the replica' });
    await resolveAndWrite(story, number);
    for (const person of ['bo', 'dana']) await review(story, number, person, 'approve');
    return { ordinary: `incident/${id}` };
  },

  async escalated(story) {
    const { id, number } = await story.declare({ title: 'Nobody there', service: 'impatient' });
    await (await story.phones.of('bo').expectsPage(number)).reply('acknowledge');
    await story.untilKind(number, 'acknowledgement_expired');
    await story.phones.of('ana').expects({ incident: number, cycle: 1 });
    await story.tell(number, 'snooze', { person: 'ana', for: '2s' });
    await story.phones.of('ana').expects({ incident: number, cycle: 2 });
    await story.tell(number, 'acknowledge', { person: 'ana' });
    await resolve(story, number);
    await waive(story, number);
    return { escalated: `incident/${id}` };
  },

  async 'sent-again'(story) {
    story.phones.script({ status: 500 });
    const { id, number } = await story.declare({ title: 'A receiver that stumbles' });
    for (const attempt of [1, 2]) {
      const page = await story.phones.of('ana').expectsPage(number);
      if (page.body.data.attempt !== attempt) throw new Error(`attempt ${page.body.data.attempt} came first`);
    }
    await story.tell(number, 'acknowledge', { person: 'ana' });
    await resolve(story, number);
    await waive(story, number);
    return { 'sent-again': `incident/${id}` };
  },

  async settled(story) {
    const alert = { title: 'A blip', dedup_key: 'blip', severity: 'critical' };
    const tell = (action: string) =>
      story.tocsin.call('POST', `/in/${settlingKey}`, { ...alert, action }, { token: null });
    await tell('trigger');
    const { id, number } = await story.titled('A blip');
    const client = await story.tocsin.histories.client();
    await eventually(() => client.workflow.getHandle(`incident/${id}`).describe());
    await tell('resolve');
    await story.untilKind(number, 'postmortem_drafted');
    await waive(story, number);
    return { settled: `incident/${id}` };
  },

  async 'required-discipline'(story) {
    const { id, number } = await story.declare({ title: 'Keys are out', service: 'vault' });
    await (await story.phones.of('ana').expectsPage(number)).reply('acknowledge');
    const page = await story.phones.of('cleo').expects({ type: 'page.requested', incident: number, step: 2 });
    await page.reply('acknowledge');
    await resolve(story, number);
    await waive(story, number);
    return { 'required-discipline': `incident/${id}` };
  },

  async 'changes-requested'(story) {
    const { id, number } = await story.declare({ title: 'Twice reviewed' });
    await story.tell(number, 'acknowledge', { person: 'ana' });
    await resolveAndWrite(story, number);
    await review(story, number, 'bo', 'request_changes');
    await write(story, number, 'Vacuum was off on the new replica.');
    for (const person of ['bo', 'dana']) await review(story, number, person, 'approve');
    return { 'changes-requested': `incident/${id}` };
  },

  async approved(story) {
    const { id, number } = await story.declare({ title: 'Drain it', service: 'guarded' });
    await (await story.phones.of('ana').expectsPage(number)).reply('acknowledge');
    const asked = await story.phones.of('ana').expects({ type: 'approval.requested', incident: number });
    await asked.reply('approve', { comment: 'go on' });
    const run = await waitsAt(story, number, 'verify');
    await step(story, run, 'verify', 'complete');
    await story.untilKind(number, 'runbook_finished');
    await resolve(story, number);
    await waive(story, number);
    return { 'with-runbook': `incident/${id}`, approved: `runbook/${run.id}` };
  },

  async expired(story) {
    const { id, number } = await story.declare({ title: 'Too late', service: 'hasty' });
    await story.tell(number, 'acknowledge', { person: 'ana' });
    await story.untilKind(number, 'runbook_finished');
    const run = await onlyRun(story, number);
    await resolve(story, number);
    await waive(story, number);
    return { 'approval-expired': `runbook/${run.id}`, 'acknowledged-early': `incident/${id}` };
  },

  async goto(story) {
    const { number } = await story.declare({ title: 'Does not answer', service: 'broken' });
    await story.tell(number, 'acknowledge', { person: 'ana' });
    const run = await waitsAt(story, number, 'by-hand');
    await step(story, run, 'by-hand', 'complete');
    await story.untilKind(number, 'runbook_finished');
    // A drill does not begin while something real is open.
    await resolve(story, number);
    await waive(story, number);
    return { goto: `runbook/${run.id}` };
  },

  async 'priority-raised'(story) {
    const { id, number } = await story.declare({ title: 'Grows', service: 'rising', severity: 'info' });
    await story.phones.of('ana').expectsPage(number);
    await story.tell(number, 'priority', { person: 'ana', priority: 'P1', reason: 'everybody is affected' });
    await story.untilKind(number, 'runbook_started');
    const run = await waitsAt(story, number, 'ok');
    const cancelled = { person: 'ana', reason: 'not needed' };
    await accepted(story, 'POST', `/api/v1/runs/${run.id}/cancel`, cancelled);
    await story.untilKind(number, 'runbook_finished');
    await resolve(story, number);
    await waive(story, number);
    return { 'priority-raised': `incident/${id}`, cancelled: `runbook/${run.id}` };
  },

  async drill(story) {
    const started = await story.tocsin.ask(DrillStartedReply, 'POST', '/api/v1/drills/lag/start', {});
    const path = `/api/v1/incidents/${started.incident}`;
    const { id, number } = await story.tocsin.ask(IncidentReply, 'GET', path);
    await (await story.phones.of('ana').expectsPage(number)).reply('acknowledge');
    await story.until(number, ({ alertsTotal }) => alertsTotal === 2);
    await resolveAndWrite(story, number);
    for (const person of ['bo', 'dana']) await review(story, number, person, 'approve');
    return { drill: `drill/${started.id}`, rehearsed: `incident/${id}` };
  },

  /** Its workflow was lost; the next event has it rebuilt from the record. */
  async rebuilt(story) {
    const { id, number } = await story.declare({ title: 'Lost and found', service: 'impatient' });
    await story.phones.of('ana').expectsPage(number);
    const client = await story.tocsin.histories.client();
    await client.workflow.getHandle(`incident/${id}`).terminate('lost');
    await story.tell(number, 'notes', { person: 'cleo', text: 'Is anybody there?' });
    await story.phones.of('bo').expectsPage(number);
    await story.tell(number, 'acknowledge', { person: 'bo' });
    await resolve(story, number);
    await waive(story, number);
    return { rebuilt: `incident/${id}` };
  },
};

async function resolve(story: Story, number: string): Promise<void> {
  await story.tell(number, 'resolve', { person: 'ana' });
  await story.untilKind(number, 'postmortem_drafted');
}

async function resolveAndWrite(story: Story, number: string): Promise<void> {
  await resolve(story, number);
  await write(story, number, 'Vacuum was off.');
}

async function write(story: Story, number: string, rootCauses: string): Promise<void> {
  const path = `/api/v1/incidents/${number}/postmortem`;
  const sections = { rootCauses, wentWell: 'The page.', wentBadly: 'Nobody looked.', lessons: 'Look.' };
  await accepted(story, 'PUT', path, { sections, person: 'ana' });
  if ((await story.postmortem(number)).status !== 'in_review')
    await accepted(story, 'POST', `${path}/submit`, { person: 'ana' });
}

/** Until the request has gone out: then the workflow has seen the submission. */
async function review(story: Story, number: string, person: string, decision: string): Promise<void> {
  await story.phones.of(person).expects({ type: 'review.requested', incident: number });
  const body = { decision, person, comment: 'Read.' };
  await accepted(story, 'POST', `/api/v1/incidents/${number}/postmortem/reviews`, body);
}

export async function waive(story: Story, number: string): Promise<void> {
  const body = { person: 'root', reason: 'A recording.' };
  await accepted(story, 'POST', `/api/v1/incidents/${number}/postmortem/waive`, body);
  await story.until(number, ({ status }) => status === 'closed');
}

const onlyRun = (story: Story, number: string): Promise<RunReply> =>
  eventually(async () => (await story.runsOf(number))[0], { what: `a run on ${number}` });

async function waitsAt(story: Story, number: string, id: string): Promise<RunReply> {
  const { id: run } = await onlyRun(story, number);
  return eventually(
    async () => {
      const seen = await story.run(run);
      return seen.steps.some((one) => one.id === id && one.state === 'waiting') && seen;
    },
    { what: `step ${id} of run ${run}` },
  );
}

const step = (story: Story, run: RunReply, id: string, how: string): Promise<void> =>
  accepted(story, 'POST', `/api/v1/runs/${run.id}/steps/${id}/${how}`, { person: 'ana', comment: 'Done.' });

/** By a person, signed in. */
async function accepted(
  story: Story,
  method: string,
  path: string,
  { person, ...body }: { person: string; [more: string]: unknown },
): Promise<void> {
  const { status, text } = await story.tocsin.call(method, path, body, { as: person });
  if (status < 200 || status > 299) throw new Error(`${method} ${path} answered ${status}: ${text}`);
}
