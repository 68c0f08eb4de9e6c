/**
 * Everybody's phones: one webhook receiver that misbehaves per person and contact, and records every page request.
 */
import {
  headerText,
  type Misbehaviour,
  startFakeProvider,
} from '../../integrations/shared/testing/fake-provider.js';

/**
 * Behaviour of a receiver for one request. `accept`; `late`: accepts and answers after 400 ms; `hang`: accepts and
 * never answers; `drop`: accepts and cuts the connection; `cut`: loses the request and cuts the connection; `error`,
 * `busy`: 500, 429 with Retry-After; `polite`: accepts with a 200 whose body reports an error; `gone`: 410, for good.
 */
export const scripts = ['accept', 'late', 'hang', 'drop', 'cut', 'error', 'busy', 'polite', 'gone'] as const;
export type Script = (typeof scripts)[number];

export interface Seen {
  /** `Date.now()` when the request was read completely. */
  at: number;
  /** `webhook-id`: key of the ledger row. */
  key: string;
  /** `/person/contact`. */
  path: string;
  person: string;
  title: string;
  possibleDuplicate: boolean;
  /** The receiver has the message, whether or not its response said so. */
  rang: boolean;
}

export interface Provider {
  readonly url: string;
  /** Messages for the incidents of this title. */
  seen(title: string): readonly Seen[];
  /** For the next requests to `/person/contact`, one each. */
  script(path: string, scripts: readonly Script[]): void;
  close(): Promise<void>;
}

const misbehaviours: Record<Script, Misbehaviour | null> = {
  accept: null,
  late: { delayMs: 400 },
  hang: 'hang',
  drop: 'drop',
  cut: 'drop',
  error: { status: 500, body: 'out of order' },
  busy: { status: 429, headers: { 'retry-after': '1' }, body: 'slow down' },
  polite: { status: 200, body: { error: 'not really' } },
  gone: { status: 410, body: 'gone' },
};
const losing: readonly Script[] = ['cut', 'error', 'busy', 'gone'];

interface Body {
  type: string;
  data: { incident: { title: string }; possibleDuplicate?: boolean };
}

export async function startProvider(): Promise<Provider> {
  const byTitle = new Map<string, Seen[]>();
  const scripted = new Map<string, Script[]>();
  const provider = await startFakeProvider({
    what: 'page',
    answer: () => ({ status: 200 }),
    misbehave({ path, headers, rawBody }) {
      const script = scripted.get(path)?.shift() ?? 'accept';
      const { type, data } = JSON.parse(rawBody) as Body;
      if (type === 'page.requested') {
        const { title } = data.incident;
        const seen = byTitle.get(title) ?? [];
        byTitle.set(title, seen);
        seen.push({
          at: Date.now(),
          key: headerText(headers, 'webhook-id'),
          path,
          person: path.split('/')[1] ?? '',
          title,
          possibleDuplicate: data.possibleDuplicate === true,
          rang: !losing.includes(script),
        });
      }
      return misbehaviours[script];
    },
  });
  return {
    url: provider.url,
    seen: (title) => byTitle.get(title) ?? [],
    script: (path, list) => void scripted.set(path, [...list]),
    close: provider.close,
  };
}
