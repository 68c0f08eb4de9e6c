/** A case is a seed, a phase and a fault, from which everything else about it is derived. */
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
  /** Number of times the sender sends the same alert. */
  alerts: number;
  /** True: the first person answers; false: the second must. */
  answers: boolean;
  /** Behaviour of the first contact for its first requests. */
  hook: readonly Script[];
  /** Behaviour of the second contact. */
  spare: readonly Script[];
  /** Time between reaching the phase and the fault. */
  jitterMs: number;
  /** Duration of a cut connection. */
  cutMs: number;
  /** A cut connection goes silent instead of being reset. */
  isSilent: boolean;
  /** F13: the command hit by the fault. */
  closing: 'resolve' | 'waive';
}

/** Ten digits; a case's own seed is this times a thousand and its turn. */
export const MAX_SEED = 9_999_999_999;

/** `1234:F6:kill-worker`. */
export const nameOf = ({ seed, phase, fault }: Pick<FaultCase, 'seed' | 'phase' | 'fault'>): string =>
  `${seed}:${phase}:${fault}`;

/** Throws with a valid example. */
export function readCase(name: string): FaultCase {
  const [seed = '', phaseName = '', faultName = ''] = name.split(':');
  const phase = phases.find((one) => one === phaseName);
  if (!/^\d{1,13}$/.test(seed) || phase === undefined)
    throw new Error(`"${name}" is no case; one is written seed:phase:fault, for example 1234:F6:kill-worker`);
  const fault = matrix[phase].find((one) => one === faultName);
  if (fault === undefined)
    throw new Error(`${phase} has no fault "${faultName}"; it has ${matrix[phase].join(', ')}`);
  return makeCase(Number(seed), phase, fault);
}

export function makeCase(seed: number, phase: Phase, fault: Fault): FaultCase {
  return { seed, phase, fault, plan: planOf(phase, fault, seededBy(`${seed}:${phase}:${fault}`)) };
}

/** Every cell once before any repeats, in an order derived from the seed. */
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

/**
 * `count` cells in a fixed order: each turn continues where the one before stopped, so a few turns in a row cover all
 * of them.
 */
export function casesInOrder(count: number, turn: number): FaultCase[] {
  const order = seededBy('turns').shuffled(cells);
  const first = (turn * count) % order.length;
  const endless = Array.from({ length: Math.ceil((first + count) / order.length) }, () => order).flat();
  return endless.slice(first, first + count).map(({ phase, fault }) => makeCase(turn, phase, fault));
}

/** Groups cases with the same shared fault, or none; at most `size` per round. */
export function roundsOf(cases: readonly FaultCase[], size: number): FaultCase[][] {
  const groups = new Map<string, FaultCase[]>();
  for (const one of cases) {
    // While one case is brought to the timer's instant the clocks change: the other cases must reach their phase
    // before that.
    const isApart = one.phase === 'F9' && one.fault.startsWith('dst');
    const name = isApart ? `F9 ${one.fault}` : isShared(one.fault) ? one.fault : 'own';
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  const rounds = [...groups.values()].flatMap((group) => split(group, size));
  return seededBy('rounds').shuffled(rounds);
}

/** A case held before a commit holds a connection of a small pool, and the others need some too. */
function split(group: readonly FaultCase[], size: number): FaultCase[][] {
  const rounds: FaultCase[][] = [];
  const hasSpace = (round: readonly FaultCase[], { phase }: FaultCase): boolean =>
    round.length < size &&
    limits.every(
      ({ of, most }) => !of.includes(phase) || round.filter((one) => of.includes(one.phase)).length < most,
    );
  for (const one of group) {
    const round = rounds.find((each) => hasSpace(each, one));
    if (round === undefined) rounds.push([one]);
    else round.push(one);
  }
  return rounds;
}

const limits: readonly { of: readonly Phase[]; most: number }[] = [
  { of: ['F1', 'F9', 'F13'], most: 5 },
  // A held intake keeps one of the five ingest slots (db/alert/ingest-slots.ts); the other cases' alerts need some.
  { of: ['F1'], most: 2 },
  { of: ['F3'], most: 3 },
  { of: ['F12'], most: 3 },
];

const harmless: readonly Script[] = ['accept', 'late', 'polite'];
const failing: readonly Script[] = ['error', 'busy', 'hang', 'drop', 'cut'];

function planOf(phase: Phase, fault: Fault, random: Random): Plan {
  // These phases are about what happens after the provider accepted the page, or when nobody answers.
  const isSettled = phase === 'F6' || phase === 'F7';
  const hook = hookOf(phase, fault, random);
  const alerts = random.from(1, 3);
  return {
    // An alert repeated after its incident was resolved rightly reopens it, which would be another case.
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
