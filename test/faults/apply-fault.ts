/** Applies a fault of a process or a connection, which affects all cases of a round. */
import { setTimeout as pause } from 'node:timers/promises';
import type { SharedFault } from './cells.js';
import { shiftClock } from './clock.js';
import { LEASE_MS, type Part, type Stack } from './stack.js';
import { clockChanges } from './slots.js';

export interface Injection {
  /** Duration of a cut connection. */
  cutMs: number;
  isSilent: boolean;
  /** Resumes processes held at a pause point. */
  release: () => void;
}

const HOUR_MS = 3_600_000;
/** Longer than the lease, so that others take over the rows of a stopped process. */
const STOP_MS = LEASE_MS + 1_000;
/** A scheduled incident begins this long before the clocks change. */
const LEAD_MS = 3_000;
/** For this long requests pass and responses do not; then the connections are reset. */
const SWALLOW_MS = 700;

/** Before the first alert of the round. */
export async function prepareFault(stack: Stack, fault: SharedFault): Promise<void> {
  const change = changeOf(fault);
  if (change !== null) await shiftClock(stack.sql, Date.parse(change) - LEAD_MS - Date.now());
}

/** Resolves when the fault is over; clocks stay as they are until `endFault`. */
export async function applyFault(stack: Stack, fault: SharedFault, inject: Injection): Promise<void> {
  const [how, what = ''] = fault.split('-');
  switch (how) {
    case 'kill':
      await stack.kill(what as Part);
      return inject.release();
    case 'stop':
      await stack.stop(what as Part);
      inject.release();
      await pause(STOP_MS);
      return stack.goOn(what as Part);
    case 'cut':
    case 'timeout': {
      const line = stack.lines[what === 'temporal' ? 'temporal' : 'postgres'];
      line.set(how === 'timeout' ? 'swallow' : inject.isSilent ? 'hang' : 'down');
      inject.release();
      await pause(how === 'timeout' ? SWALLOW_MS : inject.cutMs);
      return line.set('pass');
    }
    case 'clock':
      await shiftClock(stack.sql, what === 'ahead' ? HOUR_MS : -HOUR_MS);
      return inject.release();
    default: {
      // The clocks change by themselves; held processes wait for that.
      await recordPasses(stack, Date.parse(changeOf(fault) ?? ''));
      return inject.release();
    }
  }
}

/** Called when every case of the round has ended. */
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
