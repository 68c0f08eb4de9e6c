/** What work costs in processor time, so that a machine which is busy with something else does not fail a test. */

/** Milliseconds of this process, the cheapest of some runs: the first ones are also compiled. */
export function cheapest(work: () => unknown, runs = 4): number {
  const costs = Array.from({ length: runs }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  });
  return Math.min(...costs);
}

/** The same of work that waits, whatever else the process does meanwhile counted in. */
export async function cheapestAsync(work: () => Promise<unknown>, runs = 3): Promise<number> {
  const costs: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    costs.push((user + system) / 1_000);
  }
  return Math.min(...costs);
}
