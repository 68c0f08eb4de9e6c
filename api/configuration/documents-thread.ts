/** Reads documents, in a thread of its own (`document-reader.ts`). */
import { answerJobs } from '../../config/thread.js';
import { type DocumentsRead, type ParseOptions, readDocuments } from '../../contracts/config/documents.js';

export interface DocumentsJob {
  text: string;
  options: ParseOptions;
}

export type DocumentsAnswer = Omit<DocumentsRead, 'places'> & {
  /** JSON of `[root, values, keys]`: read only where a problem has to be located, and a text is handed over at once. */
  places: string[];
};

answerJobs(({ text, options }: DocumentsJob): DocumentsAnswer => {
  const { places, ...read } = readDocuments(text, options);
  return {
    ...read,
    places: places.map(({ root, values, keys }) => JSON.stringify([root, [...values], [...keys]])),
  };
});
