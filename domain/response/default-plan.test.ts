import { describe, expect, it } from '@jest/globals';
import { PRIORITIES } from '../config/terms.js';
import { planFor } from './default-plan.js';

describe('the response plan of a priority', () => {
  it('is built in where no plan says anything', () => {
    expect(
      PRIORITIES.map((priority) => planFor(undefined, priority)).map(
        ({ ackTimeout, settle, urgency, postmortem }) => [
          ackTimeout,
          settle,
          urgency,
          postmortem.kind,
          postmortem.due,
        ],
      ),
    ).toEqual([
      ['30m', '0s', 'high', 'full', '3bd'],
      ['1h', '0s', 'high', 'full', '5bd'],
      ['0s', '10s', 'low', 'light', '10bd'],
      ['0s', '10s', 'low', 'digest', '10bd'],
      ['0s', '10s', 'low', 'digest', '10bd'],
    ]);
  });

  it('is the built-in one with what the plan says laid over', () => {
    const plan = { priorities: { P1: { ackTimeout: '5m', runbooks: ['drain'], settle: undefined } } };
    expect(planFor(plan, 'P1')).toMatchObject({
      ackTimeout: '5m',
      runbooks: ['drain'],
      settle: '0s',
      stakeholders: [],
    });
    expect(planFor(plan, 'P2').ackTimeout).toBe('1h');
  });
});
