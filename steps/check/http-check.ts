/** `{http: url, status?, contains?}`: a GET with the expected response; without `status` any 2xx. */
import type { CheckSpec } from '../../domain/config/terms.js';
import type { CheckOutcome } from '../../ports/check.js';
import type { EgressPort } from '../../ports/egress.js';
import { checkOutcome } from './outcome.js';

type HttpCheck = Extract<CheckSpec, { http: string }>;

export async function checkHttp(
  check: HttpCheck,
  egress: EgressPort,
  timeoutMs: number,
): Promise<CheckOutcome> {
  const startedAt = performance.now();
  const answer = await egress.request({ method: 'GET', url: check.http, timeoutMs });
  if (answer.kind !== 'answered')
    return checkOutcome(false, `${answer.kind}: ${answer.reason}`, '', startedAt);

  const took = `${answer.status} in ${answer.ms} ms`;
  const type = answer.headers['content-type'];
  const output = [
    `HTTP ${answer.status}`,
    ...(type === undefined ? [] : [`content-type: ${type}`]),
    '',
    answer.body,
  ].join('\n');
  const problem = findProblem(
    check,
    answer.status,
    answer.headers['location'],
    answer.body,
    answer.truncated,
  );
  return checkOutcome(problem === null, problem === null ? took : `${took}, ${problem}`, output, startedAt);
}

function findProblem(
  check: HttpCheck,
  status: number,
  location: string | undefined,
  body: string,
  truncated: boolean,
): string | null {
  const isExpected = check.status === undefined ? status >= 200 && status < 300 : status === check.status;
  if (!isExpected) {
    const wanted = `expected ${check.status ?? '2xx'}`;
    return status >= 300 && status < 400 && location !== undefined
      ? `${wanted}; redirects to ${location}, not followed`
      : wanted;
  }
  if (check.contains === undefined || body.includes(check.contains)) return null;
  return `"${check.contains}" is not in ${truncated ? 'the part of the body that was read' : 'the body'}`;
}
