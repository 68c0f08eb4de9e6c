/** A server with the shape of Prometheus: it answers instant and range queries as a test tells it, or hangs. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type PrometheusAnswer =
  | { value: number | string; at?: number }
  | { series: readonly (number | string)[] }
  | { none: true }
  | { body: string; status?: number }
  | { hang: true };

export interface AskedQuery {
  path: string;
  query: string;
  authorization: string | null;
}

export interface FakePrometheus {
  url: string;
  /** Answers by query; a query that is not in it has no data. */
  answers: Map<string, PrometheusAnswer>;
  /** Values of a range query at the instants asked for (epoch seconds). */
  past: (at: number) => number | null;
  asked: AskedQuery[];
  close(): Promise<void>;
}

export async function startPrometheus(): Promise<FakePrometheus> {
  const fake: Omit<FakePrometheus, 'url' | 'close'> = { answers: new Map(), past: () => null, asked: [] };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://prometheus');
    const query = url.searchParams.get('query') ?? '';
    fake.asked.push({ path: url.pathname, query, authorization: request.headers.authorization ?? null });
    if (url.pathname.endsWith('/query_range')) range(url.searchParams, fake, response);
    else if (url.pathname.endsWith('/query')) instant(fake.answers.get(query) ?? { none: true }, response);
    else send(response, 404, 'not found');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(fake, {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

function instant(answer: PrometheusAnswer, response: ServerResponse): void {
  if ('hang' in answer) return;
  if ('body' in answer) return send(response, answer.status ?? 200, answer.body);
  const at = ('at' in answer ? answer.at : undefined) ?? Date.now();
  const values: readonly (number | string)[] =
    'none' in answer ? [] : 'series' in answer ? answer.series : [answer.value];
  const result = values.map((value, index) => ({
    metric: { instance: String(index) },
    value: [at / 1000, String(value)],
  }));
  success(response, { resultType: 'vector', result });
}

function range(
  parameters: URLSearchParams,
  { past }: Pick<FakePrometheus, 'past'>,
  response: ServerResponse,
): void {
  const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(parameters.get(name)));
  const values: [number, string][] = [];
  for (let at = start ?? 0; at <= (end ?? 0) && values.length < 11_000; at += step ?? 1) {
    const value = past(at);
    if (value !== null) values.push([at, String(value)]);
  }
  success(response, { resultType: 'matrix', result: values.length === 0 ? [] : [{ metric: {}, values }] });
}

const success = (response: ServerResponse, data: object): void =>
  send(response, 200, JSON.stringify({ status: 'success', data }));

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}
