import { describe, expect, it } from '@jest/globals';
import { InvalidCursor } from '../db/connection/page.js';
import { Problem } from '../services/common/problem.js';
import { isDatabaseAway, toProblem } from './to-problem.js';

describe('the problem of a reply', () => {
  it('is the problem itself, where it is one', () => {
    const problem = new Problem(409, 'already_resolved', 'x');
    expect(toProblem(problem)).toBe(problem);
  });

  it('never names an internal error', () => {
    const { status, detail } = toProblem(new Error('column "secret" does not exist'));
    expect(status).toBe(500);
    expect(detail).not.toContain('secret');
  });

  it('is a 503 while the database is unavailable', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    expect(toProblem(refused)).toMatchObject({ status: 503, extra: { headers: { 'retry-after': '2' } } });
    expect(isDatabaseAway(new AggregateError([refused]))).toBe(true);
    expect(isDatabaseAway(new Error('Connection terminated unexpectedly'))).toBe(true);
    expect(isDatabaseAway(new Error('Query read timeout'))).toBe(true);
    expect(isDatabaseAway(Object.assign(new Error('ended'), { code: '25P03' }))).toBe(true);
    expect(isDatabaseAway(new Error('duplicate key value'))).toBe(false);
  });

  it('is a 400 for an unknown cursor, and 413 for a body that is too large', () => {
    expect(toProblem(new InvalidCursor('x'))).toMatchObject({ status: 400, code: 'invalid_cursor' });
    expect(
      toProblem(Object.assign(new Error('x'), { code: 'FST_ERR_CTP_BODY_TOO_LARGE', statusCode: 413 })),
    ).toMatchObject({ status: 413 });
  });
});
