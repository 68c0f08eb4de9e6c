/** Output of a test's processes, kept in memory and shown when the test fails. */
export interface Logs {
  taker(name: string): (line: string) => void;
  of(name: string): string;
}

const KEPT = 2_000;

export function createLogs(): Logs {
  const lines = new Map<string, string[]>();
  return {
    taker(name) {
      const kept: string[] = lines.get(name) ?? [];
      lines.set(name, kept);
      return (line) => {
        if (kept.push(line) > KEPT) kept.shift();
      };
    },
    of: (name) => (lines.get(name) ?? []).join('\n'),
  };
}
