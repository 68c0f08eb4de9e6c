/**
 * Matches a regular expression in time proportional to text × pattern (Thompson's simulation, as RE2 does): alert text is hostile
 * input and could make a backtracking engine hang a worker (docs/security.md S2).
 */
import { type CodePointTest, isWord, PatternError, type PatternNode, readPattern } from './pattern-tree.js';

type Instruction =
  | { op: 'char'; test: CodePointTest }
  | { op: 'assert'; at: 'start' | 'end' | 'word' | 'inside' }
  | { op: 'split'; to: [number, number] }
  | { op: 'jump'; to: number }
  | { op: 'match' };

export interface LinearPattern {
  /** Instructions: a match costs at most `size` × length of the text. */
  size: number;
  /** True when the pattern matches anywhere in the text. */
  matches(text: string): boolean;
}

const PROGRAM_MAX = 2000;

/** Throws PatternError. */
export function linearPattern(source: string): LinearPattern {
  const program: Instruction[] = [];
  emit(readPattern(source), program);
  push(program, { op: 'match' });
  return {
    size: program.length,
    matches: (text) =>
      run(
        program,
        Array.from(text, (c) => c.codePointAt(0) ?? 0),
      ),
  };
}

function push<T extends Instruction>(program: Instruction[], instruction: T): T {
  if (program.length >= PROGRAM_MAX)
    throw new PatternError('the pattern repeats too much: use smaller counts', 0);
  program.push(instruction);
  return instruction;
}

function emit(node: PatternNode, program: Instruction[]): void {
  switch (node.kind) {
    case 'empty':
      return;
    case 'char':
      push(program, { op: 'char', test: node.test });
      return;
    case 'assert':
      push(program, { op: 'assert', at: node.at });
      return;
    case 'sequence':
      for (const part of node.nodes) emit(part, program);
      return;
    case 'either':
      emitEither(node.nodes, program);
      return;
    case 'repeat':
      emitRepeat(node, program);
  }
}

function emitEither(nodes: readonly PatternNode[], program: Instruction[]): void {
  const ends: { op: 'jump'; to: number }[] = [];
  nodes.forEach((node, index) => {
    const last = index === nodes.length - 1;
    const split = last
      ? null
      : push(program, { op: 'split' as const, to: [program.length + 1, 0] as [number, number] });
    emit(node, program);
    if (!last) ends.push(push(program, { op: 'jump' as const, to: 0 }));
    if (split !== null) split.to[1] = program.length;
  });
  for (const end of ends) end.to = program.length;
}

function emitRepeat(
  { node, min, max }: Extract<PatternNode, { kind: 'repeat' }>,
  program: Instruction[],
): void {
  for (let n = 0; n < min; n++) emit(node, program);
  if (max === null) {
    const start = program.length;
    const split = push(program, { op: 'split' as const, to: [start + 1, 0] as [number, number] });
    emit(node, program);
    push(program, { op: 'jump', to: start });
    split.to[1] = program.length;
    return;
  }
  const splits: { to: [number, number] }[] = [];
  for (let n = min; n < max; n++) {
    splits.push(push(program, { op: 'split' as const, to: [program.length + 1, 0] as [number, number] }));
    emit(node, program);
  }
  for (const split of splits) split.to[1] = program.length;
}

function run(program: readonly Instruction[], text: readonly number[]): boolean {
  // `seen[pc]` is the last position at which pc was entered: each instruction is examined once per position.
  const seen = new Int32Array(program.length).fill(-1);
  let waiting: CharInstruction[] = [];
  for (let at = 0; at <= text.length; at++) {
    const entered: number[] = [0];
    const codePoint = text[at - 1];
    if (codePoint !== undefined) {
      for (const { pc, test } of waiting) if (test(codePoint)) entered.push(pc + 1);
    }
    const next: CharInstruction[] = [];
    if (follow(program, text, at, { entered, seen, next })) return true;
    waiting = next;
  }
  return false;
}

interface CharInstruction {
  pc: number;
  test: CodePointTest;
}

/** Follows all instructions that consume no character; true when the match instruction is reached. */
function follow(
  program: readonly Instruction[],
  text: readonly number[],
  at: number,
  { entered, seen, next }: { entered: number[]; seen: Int32Array; next: CharInstruction[] },
): boolean {
  for (let pc = entered.pop(); pc !== undefined; pc = entered.pop()) {
    const instruction = program[pc];
    if (instruction === undefined || seen[pc] === at) continue;
    seen[pc] = at;
    if (instruction.op === 'match') return true;
    if (instruction.op === 'char') next.push({ pc, test: instruction.test });
    else if (instruction.op === 'jump') entered.push(instruction.to);
    else if (instruction.op === 'split') entered.push(...instruction.to);
    else if (holds(instruction.at, text, at)) entered.push(pc + 1);
  }
  return false;
}

function holds(what: 'start' | 'end' | 'word' | 'inside', text: readonly number[], at: number): boolean {
  if (what === 'start') return at === 0;
  if (what === 'end') return at === text.length;
  const wordAt = (index: number): boolean => isWord(text[index] ?? -1);
  return (wordAt(at - 1) !== wordAt(at)) === (what === 'word');
}
