/** RFC 9457 problem JSON with a stable `code`. Thrown by services, rendered by the filter. */

/** `path`: position in the body or query; `file`, `line`, `col` in configuration documents. */
export interface ProblemField {
  path: string;
  message: string;
  file?: string;
  line?: number;
  col?: number;
}

export interface ProblemExtra {
  errors?: readonly ProblemField[];
  headers?: Readonly<Record<string, string>>;
  /** Further members of the body, such as `state` of the incident. */
  members?: Readonly<Record<string, unknown>>;
}

export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly status: number,
    /** Stable; scripts compare it. */
    readonly code: string,
    readonly detail: string,
    readonly extra: ProblemExtra = {},
  ) {
    super(detail);
  }
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

export const problemTitle = (status: number): string => titles[status] ?? 'Error';

export function problemBody(problem: Problem, requestId: string): Record<string, unknown> {
  const { status, code, detail, extra } = problem;
  return {
    type: 'about:blank',
    title: problemTitle(status),
    status,
    code,
    detail,
    ...(extra.errors === undefined ? {} : { errors: extra.errors }),
    ...extra.members,
    requestId,
  };
}

export const notFound = (what: string): Problem => new Problem(404, 'not_found', what);

export const invalid = (detail: string, errors: readonly ProblemField[]): Problem =>
  new Problem(400, 'invalid_request', detail, { errors });

export const unavailable = (
  detail = 'The database cannot be reached just now; nothing was changed. Try again shortly.',
): Problem => new Problem(503, 'unavailable', detail, { headers: { 'retry-after': '2' } });

/** A 401 gives no reason: a wrong, an expired and a missing credential look alike from outside. */
export const unauthenticated = (): Problem =>
  new Problem(
    401,
    'unauthenticated',
    'This needs a signed-in person or "Authorization: Bearer <api key>"; the credential is missing, wrong or no longer valid.',
    {
      headers: { 'www-authenticate': 'Bearer realm="tocsin"' },
    },
  );

export const forbidden = (detail: string): Problem => new Problem(403, 'forbidden', detail);
