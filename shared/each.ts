/** Tasks one after another: one that fails hinders none of the others. Throws what failed when all have run. */
export async function each(...tasks: readonly (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const task of tasks)
    await task().catch((error: unknown) => {
      failures.push(error);
    });
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} of ${tasks.length} tasks failed`);
}
