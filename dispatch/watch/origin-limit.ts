/**
 * Asks one server only a few things at once, and one that does not answer only now and then: a server that hangs costs its own
 * watches their answer and no other watch a moment.
 */
const AT_ONCE = 8;
/** Failures in a row after which the server is left alone. */
const FAILURES = 3;
const ALONE_MS = 30_000;
const WAIT_MS = 5_000;

export type Asked<T> = { kind: 'asked'; answer: T } | { kind: 'not_asked'; why: string };

interface Origin {
  running: number;
  waiting: { begin: () => void; giveUp: NodeJS.Timeout }[];
  failures: number;
  why: string;
  aloneUntil: number;
}

export class OriginLimit {
  private readonly origins = new Map<string, Origin>();

  constructor(private readonly now: () => number = Date.now) {}

  /** `failed`: why the server did not answer; null when it did, whatever the answer was. */
  async ask<T>(url: string, work: () => Promise<T>, failed: (answer: T) => string | null): Promise<Asked<T>> {
    const name = new URL(url).origin;
    const origin = this.origins.get(name) ?? {
      running: 0,
      waiting: [],
      failures: 0,
      why: '',
      aloneUntil: 0,
    };
    this.origins.set(name, origin);
    if (origin.failures >= FAILURES) {
      if (this.now() < origin.aloneUntil) return { kind: 'not_asked', why: origin.why };
      // This one tries; the others wait for what it finds.
      origin.aloneUntil = this.now() + ALONE_MS;
    } else if (!(await this.take(origin))) {
      return { kind: 'not_asked', why: `${name} has ${AT_ONCE} requests to answer already` };
    }
    origin.running += 1;
    try {
      const answer = await work();
      const why = failed(answer);
      if (why === null) Object.assign(origin, { failures: 0, aloneUntil: 0 });
      else Object.assign(origin, { failures: origin.failures + 1, why });
      if (origin.failures === FAILURES) origin.aloneUntil = this.now() + ALONE_MS;
      return { kind: 'asked', answer };
    } finally {
      origin.running -= 1;
      const next = origin.waiting.shift();
      if (next !== undefined) {
        clearTimeout(next.giveUp);
        next.begin();
      } else if (origin.running === 0 && origin.failures === 0) {
        this.origins.delete(name);
      }
    }
  }

  private take(origin: Origin): Promise<boolean> {
    if (origin.running < AT_ONCE) return Promise.resolve(true);
    return new Promise((resolve) => {
      const waiter = {
        begin: () => resolve(true),
        giveUp: setTimeout(() => {
          origin.waiting.splice(origin.waiting.indexOf(waiter), 1);
          resolve(false);
        }, WAIT_MS),
      };
      origin.waiting.push(waiter);
    });
  }
}
