import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { IncidentActivities } from '../activities/incident-activities.js';
import type { EngagedTrack, IncidentEvent } from '../domain/incident/events.js';
import type { IncidentResponse } from '../domain/incident/response.js';
import { checkoutTrack, securityTrack } from '../domain/incident/testing/incident-story.js';
import { findTemporalCli } from '../embedded/temporal-cli.js';
import { eventually } from '../embedded/testing/eventually.js';
import type { incident } from './incident.js';
import { currentState, happened, incidentWorkflowId, taskQueues } from './messages.js';
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
const activities: Omit<IncidentActivities, 'page'> = {
  pageRungs: (request) => of(request).activities.pageRungs(request),
  note: (request) => of(request).activities.note(request),
  startRunbooks: (request) => of(request).activities.startRunbooks(request),
  draftPostmortem: (request) => of(request).activities.draftPostmortem(request),
  remindReview: (request) => of(request).activities.remindReview(request),
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
    // Every task replays the incident from its beginning: whatever is not deterministic fails here.
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
  tracks: [],
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
  /** Until the workflow has folded everything that is on record. */
  upToDate: () => Promise<void>;
  end: () => Promise<void>;
}

async function open({
  tracks = [checkoutTrack],
  waitMs = 3_600_000,
  outages = 0,
}: { tracks?: EngagedTrack[]; waitMs?: number; outages?: number } = {}): Promise<Open> {
  const incidentId = randomUUID();
  const record = new RecordedIncident(tracks, waitMs);
  record.outages = outages;
  records.set(incidentId, record);
  const handle = await env.client.workflow.start<typeof incident>('incident', {
    taskQueue: taskQueues.incident,
    workflowId: incidentWorkflowId(incidentId),
    args: [{ incidentId, response, state: null, events: [...record.story.events] }],
  });
  const tell = (events: IncidentEvent[]) => handle.signal(happened, { events });
  return {
    record,
    handle,
    tell,
    upToDate: () =>
      eventually(async () => {
        expect((await handle.query(currentState)).seq).toBe(record.story.state.seq);
      }),
    end: async () => {
      await tell(record.by('ana', { type: 'resolve', comment: null, because: 'person' }));
      await eventually(() => expect(record.story.kinds).toContain('postmortem_drafted'));
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
    expect(record.calls).toEqual(['pageRungs', 'draftPostmortem']);
    expect(record.story.state.status).toBe('closed');
  });

  it('goes up the ladder when nobody answers in time', async () => {
    const { record, end } = await open({ tracks: [{ ...checkoutTrack, repeat: 0 }], waitMs: 300 });
    await paged(record, ['checkout 0.1', 'checkout 0.2', 'checkout 0.3']);
    await end();
  });

  it('pages the tracks of all teams in one call, each with its own ladder', async () => {
    const { record, end } = await open({ tracks: [checkoutTrack, securityTrack], waitMs: 300 });
    await eventually(() =>
      expect(record.pages).toEqual(expect.arrayContaining(['checkout 0.2', 'trust 0.2'])),
    );
    expect(record.pages.slice(0, 2)).toEqual(['checkout 0.1', 'trust 0.1']);
    expect(record.calls[0]).toBe('pageRungs');
    await end();
  });

  it('goes on from what is true when its own wish is refused', async () => {
    const { record, upToDate, end } = await open({ waitMs: 4_000 });
    await paged(record, ['checkout 0.1']);
    // On record long before the wait ends, and its signal never comes: the page due next is refused and brings the news.
    record.by('ana', { type: 'acknowledge', person: 'ana' });
    await upToDate();
    expect(record.pages).toEqual(['checkout 0.1']);
    await end();
  });

  it('asks again while the record cannot be reached, and pages once', async () => {
    const { record, end } = await open({ outages: 3 });
    await paged(record, ['checkout 0.1']);
    expect(record.calls).toEqual(['pageRungs', 'pageRungs', 'pageRungs', 'pageRungs']);
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
    for (const events of [acknowledged, noted, record.story.events]) await tell(events);
    await end();
    expect(record.pages).toEqual(['checkout 0.1']);
    expect(record.calls).toEqual(['pageRungs', 'draftPostmortem']);
  });

  it('reads the record when an event in front of another never comes', async () => {
    const { record, tell, upToDate, end } = await open();
    await paged(record, ['checkout 0.1']);
    record.by('ana', { type: 'acknowledge', person: 'ana' });
    await tell(record.by('ana', { type: 'note', text: 'on it' }));
    // The gap is given 15 s to close by itself.
    await eventually(() => expect(record.calls).toContain('catchUp'), 25_000);
    await upToDate();
    await end();
  });
});
