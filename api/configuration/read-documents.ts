/** The body of a configuration route → documents, or 422 with file, line and column of every error. */
import { parseDocuments, type ParsedDocument } from '../../contracts/config/documents.js';
import { Problem } from '../common/problem.js';
import { invalidDocuments } from './configuration.service.js';

export const DOCUMENT_TYPES = ['text/yaml', 'application/yaml', 'application/x-yaml', 'application/json'];

export function readDocuments(
  body: unknown,
  contentType: string | undefined,
  file: string | undefined,
): ParsedDocument[] {
  const text = textOf(body);
  const { documents, errors } = parseDocuments(text, {
    // What says nothing about itself (curl's default) is read as YAML, which JSON is a part of.
    contentType: contentType ?? 'text/yaml',
    ...(file === undefined ? {} : { file }),
  });
  if (errors.length > 0) {
    throw invalidDocuments(errors.map(({ reason, ...error }) => ({ ...error, message: reason })));
  }
  return documents;
}

function textOf(body: unknown): string {
  if (!Buffer.isBuffer(body) || body.length === 0) {
    throw new Problem(
      400,
      'empty_body',
      'The body is empty; send documents as YAML (text/yaml) or JSON (application/json).',
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new Problem(400, 'invalid_text', 'The body is not UTF-8.');
  }
}
