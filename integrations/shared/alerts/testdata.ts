/** Test helpers of the formats: a recorded body, and a constant context. */
import { readFileSync } from 'node:fs';
import type { ParseContext } from './format.js';

export function testdata(vendor: string, name: string): Uint8Array {
  return readFileSync(new URL(`../../${vendor}/alerts/testdata/${name}.json`, import.meta.url));
}

export function context(settings: Partial<ParseContext> = {}): ParseContext {
  let keys = 0;
  return { now: '2026-11-22T22:10:30.000Z', newKey: () => `new-key-${(keys += 1)}`, ...settings };
}

export const bytes = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
