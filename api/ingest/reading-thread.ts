/** Parses large inbound bodies in a worker thread (`body-reader.ts`). */
import { randomUUID } from 'node:crypto';
import { answerJobs } from '../../shared/thread.js';
import type { ReadSignal } from '../../domain/alert/complete-signal.js';
import { type ParseOutcome, type SourceHeaders, sizeText } from '../../integrations/shared/alerts/format.js';
import { formatNamed } from '../../integrations/alert-formats.js';

type Rejected = Extract<ParseOutcome, { kind: 'rejected' }>;
type Taken = Extract<ParseOutcome, { kind: 'signals' }>;

export interface ReadingJob {
  /** Name of the `SourceFormat`. */
  format: string;
  raw: Uint8Array;
  headers: SourceHeaders;
  now: string;
  keyInPath: boolean;
}

/** The signals arrive as several JSON texts, so that the process that parses them can answer other requests in between. */
export type ReadingAnswer = Rejected | { kind: 'signals'; about: Omit<Taken, 'signals'>; signals: string[] };

/** Characters after which a JSON text of signals is closed. */
const TEXT_LENGTH = 64 * 1024;
/** Most characters of all texts: a value that a body has once may be repeated in each of its alerts. */
const TEXTS_LENGTH_MAX = 64 * 1024 * 1024;

answerJobs(({ format, raw, headers, now, keyInPath }: ReadingJob): ReadingAnswer => {
  const outcome = formatNamed(format)?.parse(raw, headers, { now, newKey: randomUUID, keyInPath });
  if (outcome === undefined) throw new Error(`there is no format ${format}`);
  if (outcome.kind === 'rejected') return outcome;
  const { signals, ...about } = outcome;
  const texts = textsOf(signals);
  return texts === null
    ? { ...tooMuch(signals.length), ...credentialOf(outcome) }
    : { kind: 'signals', about, signals: texts };
});

function textsOf(signals: readonly ReadSignal[]): string[] | null {
  const texts: string[] = [];
  let open: string[] = [];
  let length = 0;
  let all = 0;
  const close = (): void => {
    texts.push(`[${open.join(',')}]`);
    open = [];
    length = 0;
  };
  for (const signal of signals) {
    const text = JSON.stringify(signal);
    all += text.length;
    if (all > TEXTS_LENGTH_MAX) return null;
    open.push(text);
    length += text.length;
    if (length >= TEXT_LENGTH) close();
  }
  if (open.length > 0) close();
  return texts;
}

const tooMuch = (count: number): Rejected => ({
  kind: 'rejected',
  errors: [
    {
      path: 'body',
      message: `its ${count} alerts come to more than ${sizeText(TEXTS_LENGTH_MAX)} when each is written out; send fewer in one body`,
    },
  ],
});

const credentialOf = ({ credential }: ParseOutcome): { credential?: string } =>
  credential === undefined ? {} : { credential };
