/** The fault matrix (docs/reliability.md, Fault matrix) as data: which fault hits which phase. */
export const phases = ['F1', 'F2', 'F3', 'F4', 'F5', 'F6', 'F7', 'F8', 'F9', 'F12', 'F13'] as const;
export type Phase = (typeof phases)[number];

export const phaseNames: Record<Phase, string> = {
  F1: 'before the commit',
  F2: 'committed, before the answer',
  F3: 'outbox to signal',
  F4: 'before the first delivery',
  F5: 'leased, before the call',
  F6: 'accepted, not recorded',
  F7: 'recorded, task open',
  F8: 'timer pending',
  F9: "acknowledged at the timer's instant",
  F12: 'continue-as-new in traffic',
  F13: 'resolve and gate',
};

/** Faults of a process or a connection, which hit every case of a round at once; and faults of one case alone. */
const partFaults = ['api', 'worker', 'pager', 'temporal', 'postgres'] as const;
export const sharedFaults = [
  ...partFaults.map((part) => `kill-${part}` as const),
  ...partFaults.map((part) => `stop-${part}` as const),
  'cut-temporal',
  'cut-postgres',
  'timeout-temporal',
  'timeout-postgres',
  'clock-ahead',
  'clock-behind',
  'dst-autumn',
  'dst-spring',
] as const;
export const ownFaults = [
  'cut-client',
  'cut-provider',
  'timeout-client',
  'timeout-provider',
  'dup-sender',
  'dup-row',
  'dup-activity',
  'dup-callback',
  'dup-timer',
  'dup-ack',
  'dup-signals',
  'dup-resolve',
] as const;
export type SharedFault = (typeof sharedFaults)[number];
export type OwnFault = (typeof ownFaults)[number];
export type Fault = SharedFault | OwnFault;

const killAll = partFaults.map((part) => `kill-${part}` as const);
const stopAll = partFaults.map((part) => `stop-${part}` as const);
const clock = ['clock-ahead', 'clock-behind'] as const;
const dst = ['dst-autumn', 'dst-spring'] as const;

/**
 * `timeout`: done, but the response never comes. Clock faults shift the record's clock against all others, which
 * equals shifting theirs: one column for A, W and P.
 */
export const matrix: Record<Phase, readonly Fault[]> = {
  F1: ['kill-api', 'stop-api', 'cut-postgres', 'timeout-postgres', 'dup-sender', ...clock, ...dst],
  F2: ['kill-api', 'stop-api', 'cut-client', 'timeout-client', 'dup-sender'],
  F3: [
    'kill-api', 'kill-worker', 'kill-temporal', 'stop-worker', 'cut-temporal', 'timeout-temporal', 'dup-row',
    ...clock, ...dst,
  ],
  F4: [
    'kill-worker', 'kill-temporal', 'kill-postgres', 'stop-temporal', 'cut-temporal', 'cut-postgres', 'timeout-postgres',
    ...clock, ...dst,
  ],
  F5: ['kill-worker', 'stop-worker', 'cut-provider', 'timeout-postgres', 'dup-activity'],
  F6: ['kill-worker', 'kill-postgres', 'stop-worker', 'cut-postgres', 'timeout-provider', 'dup-activity'],
  F7: ['kill-worker', 'kill-temporal', 'stop-worker', 'cut-temporal', 'timeout-temporal', 'dup-callback'],
  F8: [
    ...killAll, ...stopAll, 'cut-client', 'cut-temporal', 'cut-postgres', 'cut-provider', 'dup-timer', ...clock, ...dst,
  ],
  F9: [
    'kill-worker', 'kill-api', 'kill-temporal', 'stop-worker', 'cut-client', 'cut-temporal', 'timeout-postgres', 'dup-ack',
    ...clock, ...dst,
  ],
  F12: ['kill-worker', 'kill-temporal', 'stop-worker', 'cut-temporal', 'timeout-temporal', 'dup-signals'],
  F13: [...killAll, 'stop-worker', 'cut-postgres', 'timeout-postgres', 'dup-resolve'],
}; // prettier-ignore

/** Cells that another test covers, with the reason. */
export const shownElsewhere: Record<string, string> = {
  'F8 and F13 × kill and stop of the supervisor':
    'the parts of a round are not its children; test/faults/supervisor.test.ts does it to one that runs everything',
  'F10, F11, F14': 'runbooks, approvals, deploys: their own suites',
};

export const cells: readonly { phase: Phase; fault: Fault }[] = phases.flatMap((phase) =>
  matrix[phase].map((fault) => ({ phase, fault })),
);

export const isShared = (fault: Fault): fault is SharedFault =>
  (sharedFaults as readonly Fault[]).includes(fault);
