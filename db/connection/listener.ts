/**
 * LISTEN on one dedicated connection that reconnects by itself. Only a wake-up: every listener also polls, slowly.
 */
import pg from 'pg';

type ListenerChannel =
  | 'tocsin_outbox'
  | 'tocsin_event'
  | 'tocsin_config'
  | 'tocsin_ledger'
  | 'tocsin_announced'
  | 'tocsin_contacts';

export interface ListenOptions {
  url: string;
  name: string;
  channels: Partial<Record<ListenerChannel, (payload: string) => void>>;
  /** After every (re)connection: the listener must look for what it missed. */
  onConnected?(): void;
  onError?(error: Error): void;
}

const RECONNECT_MS = 1_000;

export function listen(options: ListenOptions): { stop(): Promise<void> } {
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const again = (error: Error): void => {
    if (stopped || timer !== undefined) return;
    options.onError?.(error);
    const lost = client;
    client = null;
    void lost?.end().catch(() => undefined);
    timer = setTimeout(() => {
      timer = undefined;
      void connect();
    }, RECONNECT_MS);
  };

  const connect = async (): Promise<void> => {
    const next = new pg.Client({
      connectionString: options.url,
      application_name: `tocsin-${options.name}-listen`,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      connectionTimeoutMillis: 5_000,
    });
    client = next;
    next.on('error', again);
    next.on('end', () => again(new Error('the listening connection ended')));
    next.on('notification', ({ channel, payload }) => {
      const handler = Object.entries(options.channels).find(([name]) => name === channel)?.[1];
      handler?.(payload ?? '');
    });
    try {
      await next.connect();
      for (const channel of Object.keys(options.channels)) await next.query(`LISTEN ${channel}`);
      options.onConnected?.();
    } catch (error) {
      again(error instanceof Error ? error : new Error(String(error)));
    }
  };

  void connect();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}
