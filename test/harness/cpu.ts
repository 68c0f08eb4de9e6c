/** Measures work in processor time, so that a busy machine does not fail a test. */

/** Milliseconds of this process in the cheapest of several runs: the first runs include compilation. */
export function cheapest(work: () => unknown, runs = 4): number {
  const costs = Array.from({ length: runs }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  });
  return Math.min(...costs);
}

/** As `cheapest`, for asynchronous work: includes all other work of the process meanwhile. */
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
