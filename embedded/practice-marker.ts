/** Remembers in the data folder whether it began with the practice organisation, and whether that is complete. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type PracticePlan = { isPractice: boolean; mustSeed: boolean };

const markerFile = (dataDir: string): string => join(dataDir, 'practice.json');

/** Decides at the first start of a folder and keeps to it: a later `--empty` takes nothing away, a later start adds nothing. */
export function planPractice(dataDir: string, isWanted: boolean): PracticePlan {
  const file = markerFile(dataDir);
  if (!existsSync(file)) write(file, { isPractice: isWanted, mustSeed: isWanted });
  const plan: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return {
    isPractice: isTrue(plan, 'isPractice'),
    mustSeed: isTrue(plan, 'mustSeed'),
  };
}

/** A start that broke off before this is seeded again, by the same idempotent calls. */
export function markSeeded(dataDir: string): void {
  write(markerFile(dataDir), { isPractice: true, mustSeed: false });
}

function write(file: string, plan: PracticePlan): void {
  writeFileSync(file, `${JSON.stringify(plan)}\n`, { mode: 0o600 });
}

function isTrue(plan: unknown, name: keyof PracticePlan): boolean {
  return typeof plan === 'object' && plan !== null && (plan as Record<string, unknown>)[name] === true;
}
