/** Reads mails, in a thread of its own (`mail-reader.ts`). */
import { answerJobs } from '../../config/thread.js';
import { parseMail } from './parse-mail.js';

answerJobs((raw: Uint8Array) => parseMail(raw));
