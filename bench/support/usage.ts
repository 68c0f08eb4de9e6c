/** Memory and processor time of processes, children included; from /proc where it exists, else from `ps`. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

export type Usage = { pid: number; parent: number; rssMb: number; cpuMs: number };

/** Linux counts processor time in ticks of 10 ms, whatever the kernel's own clock (`getconf CLK_TCK`). */
const TICK_MS = 10;

/** The process and all its current descendants. Empty when it is gone. */
function tree(pid: number): Usage[] {
  const all = existsSync('/proc/self/stat') ? fromProc() : fromPs();
  const found = all.filter((one) => one.pid === pid);
  for (const parent of found) found.push(...all.filter((one) => one.parent === parent.pid));
  return found;
}

export const rssMb = (pid: number): number => sum(tree(pid).map((one) => one.rssMb));
export const cpuMs = (pid: number): number => sum(tree(pid).map((one) => one.cpuMs));

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);

function fromProc(): Usage[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        // The name in brackets may contain spaces; the fields after it are counted from the state (proc(5), field 3).
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        const field = (number: number): number => Number(fields[number - 3] ?? 0);
        const rssKb = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1] ?? 0);
        // Includes the time of children that have ended: PostgreSQL's backends come and go.
        const ticks = field(14) + field(15) + field(16) + field(17);
        return [{ pid: Number(name), parent: field(4), rssMb: rssKb / 1024, cpuMs: ticks * TICK_MS }];
      } catch {
        // The process ended during the read.
        return [];
      }
    });
}

function fromPs(): Usage[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss=,time='], { encoding: 'utf8' })
    .trim()
    .split('\n');
  return lines.map((line) => {
    const [pid = '0', parent = '0', rssKb = '0', time = '0:0'] = line.trim().split(/\s+/);
    const seconds = time.split(':').reduce((total, part) => total * 60 + Number(part), 0);
    return {
      pid: Number(pid),
      parent: Number(parent),
      rssMb: Number(rssKb) / 1024,
      cpuMs: seconds * 1_000,
    };
  });
}
