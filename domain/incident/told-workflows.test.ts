import { expect, it } from '@jest/globals';
import { RUN, RunBuilder } from '../runbook/testing/run-builder.js';
import type { IncidentState } from './state.js';
import { toldWorkflows } from './told-workflows.js';

const incident = 'incident/incident-1';
const run = `runbook/${RUN}`;

/** Workflows told about the newest event. */
function told(builder: RunBuilder, tellWorkflow = true, change: Partial<IncidentState> = {}): string[] {
  const event = builder.events.at(-1);
  if (event === undefined) throw new Error('nothing happened');
  return toldWorkflows(event, { state: { ...builder.state, ...change }, tellWorkflow });
}

const started = () => new RunBuilder();
const waiting = () => {
  const builder = started();
  builder.wait();
  return builder;
};
const completed = () => {
  const builder = waiting();
  builder.complete();
  return builder;
};
const acknowledged = () => {
  const builder = started();
  builder.acknowledge('ana');
  return builder;
};
const resolved = () => {
  const builder = waiting();
  builder.ask({ type: 'resolve', comment: null, because: 'person' }, { actor: 'ana' });
  return builder;
};
const resolvedAfterRun = () => {
  const builder = started();
  builder.ask({ type: 'finish_run', run: RUN, state: 'succeeded' });
  builder.ask({ type: 'resolve', comment: null, because: 'person' }, { actor: 'ana' });
  return builder;
};

it.each<[string, () => RunBuilder, string[]]>([
  ['an acknowledgement: the incident', acknowledged, [incident]],
  ['a run that a person started: the incident, which starts it', started, [incident]],
  ['a step that waits, recorded by the run itself: the incident', waiting, [incident]],
  ['a step that a person completed: its run too', completed, [incident, run]],
  ['the resolution: every active run too', resolved, [incident, run]],
  ['the resolution after the run: the incident', resolvedAfterRun, [incident]],
])('%s', (_case, build, expected) => {
  expect(told(build())).toEqual(expected);
  const watched = [...expected.slice(0, 1), 'drill/d-1', ...expected.slice(1)];
  expect(told(build(), true, { drill: 'd-1' })).toEqual(watched);
});

it('does not tell the incident workflow what that workflow recorded itself', () => {
  expect(told(acknowledged(), false)).toEqual([]);
  expect(told(resolved(), false, { drill: 'd-1' })).toEqual(['drill/d-1', run]);
});
