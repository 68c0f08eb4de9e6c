/**
 * The limit of intake: Fastify and one unnest insert per micro-batch, nothing else. `POST /` inserts every alert of its body;
 * `POST /locked` counts each alert in a transaction of its own that locks the row of its key. Both answer after the commit.
 */
import Fastify from 'fastify';
import pg from 'pg';

interface BareAlert {
  title: string;
  severity: string;
  dedupKey: string;
}

interface Waiting {
  alerts: BareAlert[];
  done: (error?: Error) => void;
}

const [databaseUrl = ''] = process.argv.slice(2);
const ROWS_MAX = 1_000;
const IN_FLIGHT = 2;
const pool = new pg.Pool({ connectionString: databaseUrl, max: 8 });
const waiting: Waiting[] = [];
let inFlight = 0;

/** The next batch forms while two are in flight. */
function send(): void {
  while (inFlight < IN_FLIGHT && waiting.length > 0) {
    const batch: Waiting[] = [];
    let rows = 0;
    while (waiting[0] !== undefined && rows < ROWS_MAX) {
      const next = waiting.shift() as Waiting;
      batch.push(next);
      rows += next.alerts.length;
    }
    inFlight += 1;
    insert(batch.flatMap(({ alerts }) => alerts))
      .then(
        () => batch.forEach(({ done }) => done()),
        (error: Error) => batch.forEach(({ done }) => done(error)),
      )
      .finally(() => {
        inFlight -= 1;
        send();
      });
  }
}

const insert = (alerts: BareAlert[]): Promise<unknown> =>
  pool.query({
    name: 'insert',
    text: `INSERT INTO bare_alert (dedup_key, title, severity, at)
           SELECT k, t, s, now() FROM unnest($1::text[], $2::text[], $3::text[]) AS a (k, t, s)`,
    values: [
      alerts.map(({ dedupKey }) => dedupKey),
      alerts.map(({ title }) => title),
      alerts.map(({ severity }) => severity),
    ],
  });

async function countLocked({ dedupKey, title }: BareAlert): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query({
      name: 'there',
      text: 'INSERT INTO bare_locked (dedup_key, title, count) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING',
      values: [dedupKey, title],
    });
    await client.query({
      name: 'lock',
      text: 'SELECT count FROM bare_locked WHERE dedup_key = $1 FOR UPDATE',
      values: [dedupKey],
    });
    await client.query({
      name: 'count',
      text: 'UPDATE bare_locked SET count = count + 1 WHERE dedup_key = $1',
      values: [dedupKey],
    });
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}

const alertsOf = (body: unknown): BareAlert[] => (Array.isArray(body) ? body : [body]) as BareAlert[];

const fastify = Fastify();
fastify.post('/', async (request, reply) => {
  await new Promise<void>((resolve, reject) => {
    waiting.push({
      alerts: alertsOf(request.body),
      done: (error) => (error === undefined ? resolve() : reject(error)),
    });
    send();
  });
  return reply.code(202).send({ status: 'accepted' });
});
fastify.post('/locked', async (request, reply) => {
  for (const alert of alertsOf(request.body)) await countLocked(alert);
  return reply.code(202).send({ status: 'accepted' });
});

await pool.query(
  'CREATE TABLE bare_alert (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, dedup_key text NOT NULL, title text NOT NULL, severity text NOT NULL, at timestamptz NOT NULL)',
);
await pool.query('CREATE INDEX ON bare_alert (dedup_key)');
await pool.query(
  'CREATE TABLE bare_locked (dedup_key text PRIMARY KEY, title text NOT NULL, count bigint NOT NULL)',
);
const address = await fastify.listen({ host: '127.0.0.1', port: 0 });
process.send?.({ url: address });
process.on('disconnect', () => process.exit(1));
process.on('SIGTERM', () => process.exit(0));
