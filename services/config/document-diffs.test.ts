import { expect, it } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { parseDocuments } from '../../contracts/config/documents.js';
import { snapshotOf } from '../../db/config/config-snapshot.js';
import { documentDiffs } from './document-diffs.js';
import { planDocuments, plannedActions } from './plan-documents.js';

const teams = (count: number, text = 'Team') =>
  parseDocuments(
    Array.from({ length: count }, (_, n) =>
      JSON.stringify({
        apiVersion: 'tocsin/v1',
        kind: 'Team',
        metadata: { name: `team-${n}` },
        spec: {
          displayName: `${text} ${n}`,
          discipline: 'development',
          timezone: 'UTC',
          members: [],
          managers: [],
        },
      }),
    ).join('\n---\n'),
    { file: 'teams.yaml' },
  ).documents;
const deletions = new Set(['Team/team-3']);

/** Processor time between two turns of the event loop, at most, while the work goes on. */
async function longestHoldMs(work: () => Promise<unknown>): Promise<number> {
  let [isOver, longest] = [false, 0];
  const done = work().finally(() => (isOver = true));
  for (let before = process.cpuUsage(); ; before = process.cpuUsage()) {
    await turn();
    const { user, system } = process.cpuUsage(before);
    longest = Math.max(longest, (user + system) / 1_000);
    if (isOver) break;
  }
  await done;
  return longest;
}

it('1,500 new teams hold the event loop for 100 ms at most', async () => {
  const documents = teams(1_500);
  const snapshot = snapshotOf(1, []);
  const plan = async () => {
    const actions = plannedActions({ snapshot, documents, deletions: new Set() });
    const diff = await documentDiffs(snapshot, documents, actions);
    const now = '2026-11-23T12:00:00.000Z';
    planDocuments({ snapshot, documents, deletions: new Set(), ownerOfKey: new Map(), now, diff });
  };
  const holds = [];
  for (let run = 0; run < 3; run += 1) holds.push(await longestHoldMs(plan));
  expect(Math.min(...holds)).toBeLessThan(100);
});

it('a plan shows the same differences, computed before or not', async () => {
  const inForce = teams(4).map(({ kind, name, spec }) => ({ kind, name, spec, revision: 1 }));
  const snapshot = snapshotOf(1, inForce);
  const documents = [
    ...teams(2),
    ...teams(6, 'Crew')
      .slice(2)
      .filter(({ name }) => name !== 'team-3'),
  ];
  const actions = plannedActions({ snapshot, documents, deletions });
  const diff = await documentDiffs(snapshot, documents, actions);
  const input = {
    snapshot,
    documents,
    deletions,
    ownerOfKey: new Map<string, string>(),
    now: '2026-11-23T12:00:00.000Z',
  };
  const { changes } = planDocuments({ ...input, diff });
  expect(changes).toEqual(planDocuments(input).changes);
  expect(changes.map(({ action }) => action)).toEqual([
    'unchanged',
    'unchanged',
    'update',
    'create',
    'create',
    'delete',
  ]);
  expect(changes[2]?.diff).toContain('+  displayName: Crew 2');
});
