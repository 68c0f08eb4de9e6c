/** Reads documents in a worker thread (`document-reader.ts`). */
import { answerJobs } from '../../shared/thread.js';
import { type DocumentsRead, type ParseOptions, readDocuments } from '../../contracts/config/documents.js';

export interface DocumentsJob {
  text: string;
  options: ParseOptions;
}

export type DocumentsAnswer = Omit<DocumentsRead, 'locations'> & {
  /** JSON of `[root, values, keys]`: parsed only where a problem has to be located; a string passes between threads at once. */
  locations: string[];
};

answerJobs(({ text, options }: DocumentsJob): DocumentsAnswer => {
  const { locations, ...read } = readDocuments(text, options);
  return {
    ...read,
    locations: locations.map(({ root, values, keys }) => JSON.stringify([root, [...values], [...keys]])),
  };
});
