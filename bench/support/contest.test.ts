import { describe, expect, it } from '@jest/globals';
import { judge, type Round } from './contest.js';

const round = (latencies: number[], cpuMs = 1): Round => ({
  latencies,
  ids: [],
  lost: [],
  failures: [],
  cpuMsPerAlert: { api: cpuMs, worker: 2 * cpuMs },
});
const steady = (ms: number, count: number): number[] => Array.from({ length: count }, () => ms);

describe('judging a contest', () => {
  it('pools the samples of all rounds and tells the ratio of each', () => {
    const verdict = judge(
      [round(steady(12, 1000)), round(steady(30, 1000))],
      [round(steady(10, 1000)), round(steady(15, 1000))],
    );
    expect(verdict.p50).toEqual({ ours: 21, bare: 12.5, ratio: 1.68 });
    expect(verdict.ratioPerRound).toEqual({ median: 1.6, min: 1.2, max: 2 });
    expect(verdict.p99).toEqual({ ours: 30, bare: 15, ratio: 2 });
    expect(verdict.samples).toEqual({ ours: 2000, bare: 2000 });
  });

  it('has no p99 below 2,000 samples, but a maximum', () => {
    const verdict = judge([round([1, 2, 9])], [round([1, 2, 3])]);
    expect(verdict.p99).toBeNull();
    expect(verdict.max.ratio).toBe(3);
  });

  it('adds up the processor time of the processes', () => {
    expect(judge([round([1], 4)], [round([1], 2)]).cpuMsPerAlert).toEqual({ ours: 12, bare: 6, ratio: 2 });
  });

  it('reads the load of the machine from the bare worker', () => {
    const ours = [round([10]), round([10])];
    expect(judge(ours, [round([5]), round([11])]).loadMoved).toBe(2.2);
    expect(judge(ours, [round([5]), round([6])]).loadMoved).toBe(1.2);
  });
});
