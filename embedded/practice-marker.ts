/** Remembers in the data folder whether it began with the practice organisation, and whether seeding is complete. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** `sourceKey`: ingest key of the practice organisation's source, shown at every start. */
export type PracticePlan = { isPractice: boolean; mustSeed: boolean; sourceKey: string | null };

const markerFile = (dataDir: string): string => join(dataDir, 'practice.json');

/**
 * Decides at the first start of a folder, for good: a later `--empty` removes nothing, a later start adds nothing.
 */
export function planPractice(dataDir: string, isWanted: boolean): PracticePlan {
  const file = markerFile(dataDir);
  if (!existsSync(file)) write(file, { isPractice: isWanted, mustSeed: isWanted, sourceKey: null });
  const plan: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return {
    isPractice: isTrue(plan, 'isPractice'),
    mustSeed: isTrue(plan, 'mustSeed'),
    sourceKey: keyIn(plan),
  };
}

/** A start that broke off before this is seeded again, by the same idempotent calls. */
export function markSeeded(dataDir: string, sourceKey: string | null): void {
  write(markerFile(dataDir), { isPractice: true, mustSeed: false, sourceKey });
}

function write(file: string, plan: PracticePlan): void {
  writeFileSync(file, `${JSON.stringify(plan)}\n`, { mode: 0o600 });
}

const keyIn = (plan: unknown): string | null =>
  typeof plan === 'object' && plan !== null && 'sourceKey' in plan && typeof plan.sourceKey === 'string'
    ? plan.sourceKey
    : null;

function isTrue(plan: unknown, name: 'isPractice' | 'mustSeed'): boolean {
  return typeof plan === 'object' && plan !== null && (plan as Record<string, unknown>)[name] === true;
}
