/** A case is a seed, a phase and a fault: everything else about it follows from these. */
import { cells, type Fault, isShared, matrix, type Phase, phases } from './cells.js';
import { type Script } from './provider.js';
import { seededBy, type Random } from './random.js';

export interface FaultCase {
  seed: number;
  phase: Phase;
  fault: Fault;
  plan: Plan;
}

export interface Plan {
  /** How often the sender sends the same alert. */
  alerts: number;
  /** Does the first person answer, or does it have to be the second? */
  answers: boolean;
  /** What the first contact does with its first requests. */
  hook: readonly Script[];
  /** The same of the second contact. */
  spare: readonly Script[];
  /** From standing at the phase to the fault. */
  jitterMs: number;
  /** For how long a line is cut. */
  cutMs: number;
  /** A line that is cut is reset, or goes silent. */
  isSilent: boolean;
  /** F13: the resolution or the waiver meets the fault. */
  closing: 'resolve' | 'waive';
}

/** `1234:F6:kill-worker`. */
export const nameOf = ({ seed, phase, fault }: Pick<FaultCase, 'seed' | 'phase' | 'fault'>): string =>
  `${seed}:${phase}:${fault}`;

/** Throws with what would be right. */
export function readCase(name: string): FaultCase {
  const [seed = '', phaseName = '', faultName = ''] = name.split(':');
  const phase = phases.find((one) => one === phaseName);
  if (!/^\d{1,10}$/.test(seed) || phase === undefined)
    throw new Error(`"${name}" is no case; one is written seed:phase:fault, for example 1234:F6:kill-worker`);
  const fault = matrix[phase].find((one) => one === faultName);
  if (fault === undefined)
    throw new Error(`${phase} has no fault "${faultName}"; it has ${matrix[phase].join(', ')}`);
  return makeCase(Number(seed), phase, fault);
}

export function makeCase(seed: number, phase: Phase, fault: Fault): FaultCase {
  return { seed, phase, fault, plan: planOf(phase, fault, seededBy(`${seed}:${phase}:${fault}`)) };
}

/** Every cell once before any comes again, in an order that the seed decides. */
export function makeCases(count: number, seed: number): FaultCase[] {
  const cases: FaultCase[] = [];
  for (let turn = 0; cases.length < count; turn += 1) {
    const random = seededBy(`${seed}/${turn}`);
    for (const { phase, fault } of random.shuffled(cells)) {
      if (cases.length === count) break;
      cases.push(makeCase(seed * 1_000 + turn, phase, fault));
    }
  }
  return cases;
}

/** So many cells in a fixed order: each turn goes on where the one before it stopped, so a few in a row come by all of them. */
export function casesInTurn(count: number, turn: number): FaultCase[] {
  const order = seededBy('turns').shuffled(cells);
  const first = (turn * count) % order.length;
  const endless = Array.from({ length: Math.ceil((first + count) / order.length) }, () => order).flat();
  return endless.slice(first, first + count).map(({ phase, fault }) => makeCase(turn, phase, fault));
}

/** Cases that meet the same fault of a process or a line, or none, go together; at most `size`. */
export function roundsOf(cases: readonly FaultCase[], size: number): FaultCase[][] {
  const groups = new Map<string, FaultCase[]>();
  for (const one of cases) {
    // While one is brought to the timer's instant the clocks change: the others are to stand at their phase before that.
    const isApart = one.phase === 'F9' && one.fault.startsWith('dst');
    const name = isApart ? `F9 ${one.fault}` : isShared(one.fault) ? one.fault : 'own';
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  const rounds = [...groups.values()].flatMap((group) => split(group, size));
  return seededBy('rounds').shuffled(rounds);
}

/** A case that is held before a commit holds a connection of a small pool, and the others need some too. */
function split(group: readonly FaultCase[], size: number): FaultCase[][] {
  const rounds: FaultCase[][] = [];
  const hasRoom = (round: readonly FaultCase[], { phase }: FaultCase): boolean =>
    round.length < size &&
    limits.every(
      ({ of, most }) => !of.includes(phase) || round.filter((one) => of.includes(one.phase)).length < most,
    );
  for (const one of group) {
    const room = rounds.find((round) => hasRoom(round, one));
    if (room === undefined) rounds.push([one]);
    else room.push(one);
  }
  return rounds;
}

const limits: readonly { of: readonly Phase[]; most: number }[] = [
  { of: ['F1', 'F9', 'F13'], most: 5 },
  { of: ['F3'], most: 3 },
  { of: ['F12'], most: 3 },
];

const harmless: readonly Script[] = ['accept', 'late', 'polite'];
const failing: readonly Script[] = ['error', 'busy', 'hang', 'drop', 'cut'];

function planOf(phase: Phase, fault: Fault, random: Random): Plan {
  // These are about what happens after the provider has taken it, or when nobody answers.
  const isSettled = phase === 'F6' || phase === 'F7';
  const hook = hookOf(phase, fault, random);
  const alerts = random.from(1, 3);
  return {
    // What is sent again after somebody resolved it opens it again, and rightly so: another story.
    alerts: phase === 'F13' ? 1 : alerts,
    answers: phase === 'F9' || (phase !== 'F8' && !fault.startsWith('dst') && random.chance(0.6)),
    hook,
    spare: isSettled || random.chance(0.7) ? [] : [random.pick([...harmless, 'error', 'busy'])],
    jitterMs: random.from(0, 200),
    cutMs: random.from(300, 1_800),
    isSilent: random.chance(0.4),
    closing: random.chance(0.5) ? 'resolve' : 'waive',
  };
}

function hookOf(phase: Phase, fault: Fault, random: Random): readonly Script[] {
  if (fault === 'cut-provider') return ['cut'];
  if (fault === 'timeout-provider') return [random.pick(['hang', 'drop'])];
  if (phase === 'F6' || phase === 'F7') return [random.pick(harmless)];
  if (random.chance(0.5)) return [];
  if (random.chance(0.15)) return ['gone'];
  return Array.from({ length: random.from(1, 2) }, () => random.pick([...harmless, ...failing]));
}
