/** Reads a sample body as the source's format does. */
import { randomUUID } from 'node:crypto';
import { completeSignal } from '../../domain/alert/complete-signal.js';
import type { AlertSignal, GroupNotice } from '../../domain/alert/signal.js';
import type { ConfigDocument } from '../../domain/config/specs.js';
import { formatNamed } from '../../integrations/alert-formats.js';

export type SampleRead =
  | {
      kind: 'signals';
      signals: AlertSignal[];
      group?: GroupNotice;
      refused: { path: string; message: string }[];
    }
  | { kind: 'rejected'; errors: { path: string; message: string }[] };

export function readSample(
  { name, spec }: Pick<ConfigDocument<'Source'>, 'name' | 'spec'>,
  raw: Uint8Array,
  now: string,
): SampleRead {
  const format = formatNamed(spec.format);
  if (format === undefined)
    return {
      kind: 'rejected',
      errors: [{ path: 'body', message: `a source of the format ${spec.format} takes no alerts` }],
    };
  const outcome = format.parse(raw, {}, { now, newKey: randomUUID, keyInPath: true });
  if (outcome.kind === 'rejected') return { kind: 'rejected', errors: outcome.errors };
  const { signals, group, refused = [] } = outcome;
  return {
    kind: 'signals',
    signals: signals.map((read) => completeSignal(read, { name, severity: spec.severity })),
    refused,
    ...(group === undefined ? {} : { group }),
  };
}
