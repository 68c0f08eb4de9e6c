/** What a fault of a process or a line does, around the cases that meet it. */
import { setTimeout as pause } from 'node:timers/promises';
import type { SharedFault } from './cells.js';
import { shiftClock } from './clock.js';
import { LEASE_MS, type Part, type Stack } from './stack.js';
import { clockChanges } from './world.js';

export interface Strike {
  /** For how long a line is cut. */
  cutMs: number;
  isSilent: boolean;
  /** Lets go whatever is held at a pause point. */
  release: () => void;
}

const HOUR_MS = 3_600_000;
/** Past the lease, so that others take over what a stopped process holds. */
const STOP_MS = LEASE_MS + 1_000;
/** How long before the clocks change a scheduled incident begins. */
const LEAD_MS = 3_000;
/** Requests pass and answers do not for so long; then the lines are reset. */
const SWALLOW_MS = 700;

/** Before the first alert of the round. */
export async function prepareFault(stack: Stack, fault: SharedFault): Promise<void> {
  const change = changeOf(fault);
  if (change !== null) await shiftClock(stack.sql, Date.parse(change) - LEAD_MS - Date.now());
}

/** Resolves when the fault is over; clocks stay as they are until `endFault`. */
export async function applyFault(stack: Stack, fault: SharedFault, strike: Strike): Promise<void> {
  const [how, what = ''] = fault.split('-');
  switch (how) {
    case 'kill':
      await stack.kill(what as Part);
      return strike.release();
    case 'stop':
      await stack.stop(what as Part);
      strike.release();
      await pause(STOP_MS);
      return stack.goOn(what as Part);
    case 'cut':
    case 'timeout': {
      const line = stack.lines[what === 'temporal' ? 'temporal' : 'postgres'];
      line.set(how === 'timeout' ? 'swallow' : strike.isSilent ? 'hang' : 'down');
      strike.release();
      await pause(how === 'timeout' ? SWALLOW_MS : strike.cutMs);
      return line.set('pass');
    }
    case 'clock':
      await shiftClock(stack.sql, what === 'ahead' ? HOUR_MS : -HOUR_MS);
      return strike.release();
    default: {
      // The clocks change by themselves; what is held waits for it.
      await recordPasses(stack, Date.parse(changeOf(fault) ?? ''));
      return strike.release();
    }
  }
}

/** When every case of the round has come to its end. */
export async function endFault(stack: Stack, fault: SharedFault): Promise<void> {
  if (fault.startsWith('clock') || changeOf(fault) !== null) await shiftClock(stack.sql, 0);
}

const changeOf = (fault: SharedFault): string | null =>
  fault === 'dst-autumn' ? clockChanges.autumn : fault === 'dst-spring' ? clockChanges.spring : null;

async function recordPasses(stack: Stack, instantMs: number): Promise<void> {
  const [row] = await stack.sql<{ now: Date }>('SELECT tocsin_now() AS now');
  const leftMs = instantMs - (row?.now.getTime() ?? 0);
  if (leftMs > 0) await pause(leftMs + 100);
}
