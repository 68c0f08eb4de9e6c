/** OpenAPI 3.1 from the route table and the zod schemas that validate the routes. Pure. */
import { ProblemReply } from '../../contracts/api/common.js';
import { problemTitle } from '../../services/common/problem.js';
import { Components, type Json } from './components.js';
import { exampleOf } from './example.js';
import type { RouteEntry } from './route-table.js';

export type Parameter = { name: string; in: string; required: boolean; description?: string; schema: Json };

/** The data of a route that the documentation page shows too. */
export interface Operation {
  method: string;
  /** In Fastify's form: `/api/v1/incidents/:id`. */
  path: string;
  config: RouteEntry['config'];
  parameters: Parameter[];
  /** Content type → schema and example; null when the route takes no body. */
  body: Record<string, { schema: Json; example: unknown }> | null;
  reply: Json | null;
  status: string;
  problems: number[];
}

/** All routes except pages, with the components of their schemas. */
export function operations(routes: readonly RouteEntry[]): {
  operations: Operation[];
  schemas: Record<string, Json>;
} {
  const components = new Components();
  components.schemaOf(ProblemReply, 'output');
  const found = routes
    .filter(({ method, config }) => config.page !== true && method !== 'OPTIONS')
    .map(({ method, path, config }): Operation => {
      const parameters = [
        ...pathParameters(path),
        ...queryParameters(components.schemaOf(config.querySchema, 'input')),
        ...(config.idempotent === true ? [IDEMPOTENCY_KEY] : []),
      ];
      const body = bodyOf(components, method, config);
      return {
        method,
        path,
        config,
        parameters,
        body,
        reply: components.schemaOf(config.reply, 'output'),
        status: String(config.status ?? 200),
        problems: problemsOf({ method, config }, body !== null, parameters.length > 0),
      };
    });
  return { operations: found, schemas: components.schemas };
}

export function openApi(
  routes: readonly RouteEntry[],
  { url, version }: { url: string; version: string },
): Json {
  const { operations: all, schemas } = operations(routes);
  const paths: Record<string, Json> = {};
  for (const { method, path, config, parameters, body, reply, status, problems } of all) {
    const type = config.replyType ?? 'application/json';
    const operation: Json = {
      operationId: operationId(method, path),
      summary: config.summary ?? '',
      tags: [config.tag ?? 'Other'],
      ...(config.permission === 'public' ? { security: [] } : { 'x-permission': config.permission }),
      ...(parameters.length === 0 ? {} : { parameters }),
      ...(body === null ? {} : { requestBody: { required: true, content: body } }),
      responses: {
        [status]: {
          description: 'Done',
          ...(status === '204' ? {} : { content: { [type]: { schema: reply ?? {} } } }),
        },
        ...problemReplies(problems),
      },
    };
    const at = openPath(path);
    paths[at] = { ...paths[at], [method.toLowerCase()]: operation };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tocsin',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description:
        'Incident response: pages that are never lost, runbooks that survive crashes, post-mortems that are really reviewed.',
    },
    servers: [{ url }],
    security: [{ key: [] }, { session: [] }],
    paths: Object.fromEntries(Object.entries(paths).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    components: {
      schemas,
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key, or TOCSIN_ADMIN_TOKEN' },
        session: { type: 'apiKey', in: 'cookie', name: 'tocsin_session' },
      },
    },
  };
}

const IDEMPOTENCY_KEY: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'The same key again is the same request, recorded once; with another body it is refused (422).',
  schema: { type: 'string', minLength: 1, maxLength: 200, pattern: '^[!-~]{1,200}$' },
};

/** `/in/:key/*` → `/in/{key}/{path}`. */
const openPath = (path: string): string => path.replace(/:(\w+)/g, '{$1}').replace(/\*/g, '{path}');

const pathParameters = (path: string): Parameter[] =>
  [...openPath(path).matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));

function queryParameters(schema: Json | null): Parameter[] {
  if (schema === null) return [];
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  return Object.entries((schema['properties'] ?? {}) as Record<string, Json>).map(([name, property]) => ({
    name,
    in: 'query',
    required: required.has(name),
    schema: property,
  }));
}

function bodyOf(components: Components, method: string, config: RouteEntry['config']): Operation['body'] {
  if (config.bodyTypes !== undefined && method !== 'GET') {
    const { bodyTypes, bodyExample } = config;
    return Object.fromEntries(
      bodyTypes.map((type) => [type, { schema: {}, example: bodyExample ?? rawExample(type) }]),
    );
  }
  const schema = components.schemaOf(config.bodySchema, 'input');
  if (schema === null) return null;
  return { 'application/json': { schema, example: exampleOf(schema, components.schemas) } };
}

/** Bodies of provider callbacks are defined by the provider. */
const rawExample = (type: string): unknown =>
  type === 'application/x-www-form-urlencoded' ? 'From=%2B4915100000000&Body=ack' : {};

/** Statuses that a route may answer besides its own; 429 and 503 apply to every route. */
function problemsOf(
  { method, config }: Pick<RouteEntry, 'method' | 'config'>,
  hasBody: boolean,
  hasParameters: boolean,
): number[] {
  const isGuarded = config.permission !== 'public';
  const isChange = method !== 'GET';
  return [
    400,
    ...(isGuarded ? [401, 403] : []),
    ...(hasParameters || isChange ? [404] : []),
    ...(isGuarded && isChange ? [409] : []),
    ...(hasBody ? [413, 415] : []),
    ...(isGuarded && isChange ? [422] : []),
    429,
    503,
  ];
}

const problemReplies = (statuses: readonly number[]): Json =>
  Object.fromEntries(
    statuses.map((status) => [
      String(status),
      {
        description: problemTitle(status),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );

export const operationId = (method: string, path: string): string =>
  `${method.toLowerCase()}${path
    .replace(/^\/api\/v1/, '')
    .replace('*', 'path')
    .replace(/[^A-Za-z0-9]+([A-Za-z0-9])?/g, (_all, letter: string | undefined) =>
      (letter ?? '').toUpperCase(),
    )}`;
