/** Parses mails in a worker thread (`mail-reader.ts`). */
import { answerJobs } from '../../../shared/thread.js';
import { parseMail } from './parse-mail.js';

answerJobs((raw: Uint8Array) => parseMail(raw));
