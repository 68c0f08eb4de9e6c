/** Limits one check's result: a line for people and a short output, both redacted. */
import type { CheckOutcome } from '../../ports/check.js';
import { redactText } from '../../shared/redact.js';

const MAX_SUMMARY_CHARACTERS = 200;
const MAX_OUTPUT_BYTES = 1024;

/** `startedAt` is from `performance.now()`. */
export function checkOutcome(ok: boolean, summary: string, output: string, startedAt: number): CheckOutcome {
  const line = redactText(summary).replace(/\s+/g, ' ').trim();
  return {
    ok,
    summary: line.length <= MAX_SUMMARY_CHARACTERS ? line : `${line.slice(0, MAX_SUMMARY_CHARACTERS - 1)}…`,
    // Redacted before it is cut, because half a secret is no longer recognised.
    output: cutBytes(printable(redactText(output)), MAX_OUTPUT_BYTES),
    ms: Math.round(performance.now() - startedAt),
  };
}

/** The longest beginning of the text that fits, whole characters only. */
function cutBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  return bytes.length <= maxBytes
    ? text
    : new TextDecoder().decode(bytes.subarray(0, maxBytes), { stream: true });
}

/** Control characters break terminals and databases (PostgreSQL refuses U+0000). */
function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are the characters meant
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '\ufffd');
}

/** `ECONNREFUSED`, `ENOTFOUND`, … or the message of an error without a code. */
export function errorText(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'message' in error ? String(error.message) : 'unknown error';
}
