import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { IncidentActivities } from '../activities/incident-activities.js';
import type { EngagedEscalation, IncidentEvent } from '../domain/incident/events.js';
import type { IncidentResponse } from '../domain/incident/response.js';
import { checkoutEscalation, securityEscalation } from '../domain/incident/testing/incident-builder.js';
import { findTemporalCli } from '../embedded/temporal-cli.js';
import { eventually } from '../embedded/testing/eventually.js';
import type { incident } from './incident.js';
import { incidentWorkflowId } from '../domain/shared/workflow-ids.js';
import { currentState, happened, taskQueues } from './messages.js';
import { RecordedIncident } from './testing/recorded-incident.js';

let env: TestWorkflowEnvironment;
let workers: Worker[];
let working: Promise<unknown>;
const records = new Map<string, RecordedIncident>();

/** One worker serves all incidents of this file; each call finds its own incident's record by id. */
const of = ({ incidentId }: { incidentId: string }): RecordedIncident => {
  const found = records.get(incidentId);
  if (found === undefined) throw new Error(`no incident ${incidentId}`);
  return found;
};
const activities: IncidentActivities = {
  runDueWork: (request) => of(request).activities.runDueWork(request),
  startRunbooks: (request) => of(request).activities.startRunbooks(request),
  draftPostmortem: (request) => of(request).activities.draftPostmortem(request),
  catchUp: (request) => of(request).activities.catchUp(request),
};

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  const executable = { type: 'existing-path', path: findTemporalCli() } as const;
  const workflowsPath = join(import.meta.dirname, 'incident.ts');
  const [started, workflowBundle] = await Promise.all([
    TestWorkflowEnvironment.createLocal({ server: { executable } }),
    bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') }),
  ]);
  env = started;
  const connection = env.nativeConnection;
  const sendDue = (request: { incidentId: string; afterSeq: number }) => of(request).sendDue(request);
  workers = await Promise.all([
    // Every task replays the incident from its beginning, so that non-deterministic code fails here.
    Worker.create({
      connection,
      taskQueue: taskQueues.incident,
      workflowBundle,
      activities,
      maxCachedWorkflows: 0,
    }),
    Worker.create({ connection, taskQueue: taskQueues.paging, activities: { sendDue } }),
  ]);
  working = Promise.all(workers.map((worker) => worker.run()));
}, 60_000);

afterAll(async () => {
  for (const worker of workers) worker.shutdown();
  await working;
  await env.teardown();
}, 60_000);

const response: IncidentResponse = {
  plan: null,
  urgency: 'high',
  ackTimeoutMs: 1_800_000,
  settleMs: 0,
  escalations: [],
  diagnostics: [],
  runbooks: [],
  postmortem: { kind: 'full', quorum: { participants: 1, stakeholders: 1 }, due: '3bd' },
  stakeholders: [],
  bridge: null,
};

interface Open {
  record: RecordedIncident;
  handle: WorkflowHandle<typeof incident>;
  tell: (events: IncidentEvent[]) => Promise<void>;
  /** Waits until the workflow has folded all recorded events. */
  upToDate: () => Promise<void>;
  end: () => Promise<void>;
}

async function open({
  escalations = [checkoutEscalation],
  waitMs = 3_600_000,
  outages = 0,
}: { escalations?: EngagedEscalation[]; waitMs?: number; outages?: number } = {}): Promise<Open> {
  const incidentId = randomUUID();
  const record = new RecordedIncident(escalations, waitMs);
  record.outages = outages;
  records.set(incidentId, record);
  const handle = await env.client.workflow.start<typeof incident>('incident', {
    taskQueue: taskQueues.incident,
    workflowId: incidentWorkflowId(incidentId),
    args: [{ incidentId, response, state: null, events: [...record.builder.events] }],
  });
  const tell = (events: IncidentEvent[]) => handle.signal(happened, { events });
  return {
    record,
    handle,
    tell,
    upToDate: () =>
      eventually(async () => {
        expect((await handle.query(currentState)).seq).toBe(record.builder.state.seq);
      }),
    end: async () => {
      await tell(record.by('ana', { type: 'resolve', comment: null, because: 'person' }));
      await eventually(() => expect(record.builder.kinds).toContain('postmortem_drafted'));
      await tell(record.by('root', { type: 'waive_postmortem', reason: 'a test' }));
      await handle.result();
    },
  };
}

const paged = (record: RecordedIncident, pages: string[]) =>
  eventually(() => expect(record.pages).toEqual(pages));

describe('the workflow of an incident', () => {
  it('pages, stops at the acknowledgement, drafts and ends with the gate', async () => {
    const { record, tell, end } = await open();
    await paged(record, ['checkout 0.1']);
    await tell(record.by('ana', { type: 'acknowledge', person: 'ana' }));
    await end();
    expect(record.pages).toEqual(['checkout 0.1']);
    expect(record.calls).toEqual(['runDueWork', 'draftPostmortem']);
    expect(record.builder.state.status).toBe('closed');
  });

  it('goes to the next steps when nobody answers in time', async () => {
    const { record, end } = await open({ escalations: [{ ...checkoutEscalation, repeat: 0 }], waitMs: 300 });
    await paged(record, ['checkout 0.1', 'checkout 0.2', 'checkout 0.3']);
    await end();
  });

  it('pages the escalations of all teams in one call, each along its own path', async () => {
    const { record, end } = await open({
      escalations: [checkoutEscalation, securityEscalation],
      waitMs: 300,
    });
    await eventually(() =>
      expect(record.pages).toEqual(expect.arrayContaining(['checkout 0.2', 'trust 0.2'])),
    );
    expect(record.pages.slice(0, 2)).toEqual(['checkout 0.1', 'trust 0.1']);
    expect(record.calls[0]).toBe('runDueWork');
    await end();
  });

  it('goes on from what is true when its own wish is refused', async () => {
    const { record, upToDate, end } = await open({ waitMs: 4_000 });
    await paged(record, ['checkout 0.1']);
    // Recorded long before the wait ends, without a signal: the next due page is refused and returns the new events.
    record.by('ana', { type: 'acknowledge', person: 'ana' });
    await upToDate();
    expect(record.pages).toEqual(['checkout 0.1']);
    await end();
  });

  it('asks again while the record cannot be reached, and pages once', async () => {
    const { record, end } = await open({ outages: 3 });
    await paged(record, ['checkout 0.1']);
    expect(record.calls).toEqual(['runDueWork', 'runDueWork', 'runDueWork', 'runDueWork']);
    await end();
  });

  it('drops events that come again and waits for those that come too late', async () => {
    const { record, tell, upToDate, end } = await open();
    await paged(record, ['checkout 0.1']);
    const acknowledged = record.by('ana', { type: 'acknowledge', person: 'ana' });
    const noted = record.by('ana', { type: 'note', text: 'on it' });
    await tell(noted);
    await tell(acknowledged);
    await upToDate();
    for (const events of [acknowledged, noted, record.builder.events]) await tell(events);
    await end();
    expect(record.pages).toEqual(['checkout 0.1']);
    expect(record.calls).toEqual(['runDueWork', 'draftPostmortem']);
  });

  it('reads the record when an event in front of another never comes', async () => {
    const { record, tell, upToDate, end } = await open();
    await paged(record, ['checkout 0.1']);
    record.by('ana', { type: 'acknowledge', person: 'ana' });
    await tell(record.by('ana', { type: 'note', text: 'on it' }));
    // The gap has 15 s to close by itself.
    await eventually(() => expect(record.calls).toContain('catchUp'), 25_000);
    await upToDate();
    await end();
  });
});
