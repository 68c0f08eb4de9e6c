/** Parses mails in a worker thread: any holder of one reply address decides what a mail costs, and 8 KiB can take a second. */
import { builtModule, Thread } from '../../../shared/thread.js';
import type { ReadMail } from './parse-mail.js';

const BUDGET_MS = 5_000;
/** Waiting mails per address; the mail servers of further ones retry. */
const WAITING_MAX = 5;

/** Mail servers wait for minutes, and retry. */
const WAIT_MS = 30_000;

export class MailReader {
  private readonly thread = new Thread<Uint8Array, ReadMail>({
    file: builtModule(import.meta.url, './mail-thread.js'),
    budgetMs: BUDGET_MS,
    waitingMax: WAITING_MAX,
    waitMs: WAIT_MS,
  });

  /** Rejects with `OverBudget`, or with `TooManyJobs` when too many mails to one `address` wait. */
  read(raw: Buffer, address: string): Promise<ReadMail> {
    return this.thread.run(address, raw);
  }

  close(): Promise<void> {
    return this.thread.close();
  }
}
