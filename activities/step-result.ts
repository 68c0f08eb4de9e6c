/** Caps and redacts a step's result (docs/domain.md, Runbooks: output redacted and capped). */
import { type Hide, hiding } from '../domain/shared/secret-forms.js';
import { jsonbSafeText } from '../domain/shared/jsonb-safe.js';
import { MASK, isSecretName, redactText } from '../shared/redact.js';

/** Maximum bytes of JSON stored of one step's result. */
export const RESULT_LIMIT = 16 * 1024;
/** Maximum bytes of JSON of one step's `outputs`, because they pass through the workflow. */
const OUTPUTS_LIMIT = 4 * 1024;
/** Characters of a sentence that becomes part of an event. */
const TEXT_LIMIT = 300;

const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');

/** Redacts the given values and everything that looks like a secret, in every string of a JSON value. */
export function withoutSecrets(value: unknown, secrets: readonly string[]): unknown {
  return withHidden(value, hiding(secrets));
}

function withHidden(value: unknown, hide: Hide, isCut = false): unknown {
  if (typeof value === 'string') return jsonbSafeText(redactText(hide(value, isCut)));
  if (Array.isArray(value)) return value.map((one) => withHidden(one, hide, isCut));
  if (typeof value !== 'object' || value === null) return value;
  // A response marked as truncated may end with the beginning of a secret.
  const cut = isCut || ('truncated' in value && value.truncated === true);
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      hide(key),
      typeof one === 'string' && isSecretName(key) ? MASK : withHidden(one, hide, cut),
    ]),
  );
}

/** A result that fits: a body that is too long is cut to its beginning, as text, and marked. */
export function capResult(result: Record<string, unknown>): Record<string, unknown> {
  if (bytes(result) <= RESULT_LIMIT) return result;
  const { body, output, ...rest } = result;
  const long = body ?? output ?? '';
  const text = typeof long === 'string' ? long : (JSON.stringify(long) ?? '');
  const room = Math.max(0, RESULT_LIMIT - bytes(rest) - 64);
  // JSON escapes can make a character up to six bytes long.
  for (let length = room; length > 0; length = Math.floor(length / 2)) {
    const capped = {
      ...rest,
      [body === undefined ? 'output' : 'body']: text.slice(0, length),
      truncated: true,
    };
    if (bytes(capped) <= RESULT_LIMIT) return capped;
  }
  return { truncated: true };
}

/** Undefined when the outputs fit, else a message for people. */
export const outputsTooLong = (outputs: Record<string, unknown>): string | undefined =>
  bytes(outputs) > OUTPUTS_LIMIT
    ? `its outputs are ${bytes(outputs)} bytes long, more than ${OUTPUTS_LIMIT}: take less of the result`
    : undefined;

/** One line for the timeline. */
export const sentence = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return jsonbSafeText(line.length > TEXT_LIMIT ? `${line.slice(0, TEXT_LIMIT - 1)}…` : line);
};
