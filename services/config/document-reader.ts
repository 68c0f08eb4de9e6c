/**
 * Body of a configuration route → documents, or 422 with file, line and column of every error. A short text is read at once, a
 * longer one in a thread with a budget, since the author of the text decides what reading it costs.
 */
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { builtModule, Thread } from '../../shared/thread.js';
import {
  locatable,
  type ParsedDocument,
  type ParsedDocuments,
  parseDocuments,
  type ParseOptions,
} from '../../contracts/config/documents.js';
import type { Locations } from '../../contracts/config/yaml-tree.js';
import { mayDo } from '../../domain/access/permissions.js';
import type { Identity } from '../common/identity.js';
import { Problem } from '../common/problem.js';
import { invalidDocuments } from './configuration.service.js';
import type { DocumentsAnswer, DocumentsJob } from './documents-thread.js';

export const DOCUMENT_TYPES = ['text/yaml', 'application/yaml', 'application/x-yaml', 'application/json'];

/** Longest text that is read at once; such a text costs at most a tenth of a request's budget (measured). */
const AT_ONCE = 4 * 1024;
/** Largest body of a caller who may read the configuration but not write it: enough to check a change before handing it on. */
const READERS_LIMIT = 256 * 1024;
const BUDGET_MS = 10_000;

@Injectable()
export class DocumentReader implements OnApplicationShutdown {
  private readonly thread = new Thread<DocumentsJob, DocumentsAnswer>({
    file: builtModule(import.meta.url, './documents-thread.js'),
    budgetMs: BUDGET_MS,
  });

  /** The documents of a body; refuses with every error. */
  async documents(
    body: unknown,
    contentType: string | undefined,
    file: string | undefined,
    { actor, role }: Identity,
  ): Promise<ParsedDocument[]> {
    const most = mayDo(role, 'config.write') ? Infinity : READERS_LIMIT;
    if (Buffer.isBuffer(body) && body.length > most) {
      const limit = `${READERS_LIMIT / 1024} KiB`;
      throw new Problem(413, 'body_too_large', `The role ${role} may send at most ${limit} of documents.`);
    }
    const { documents, errors } = await this.parse(actor, textOf(body), {
      // A body without a useful content type (curl's default) is read as YAML, which includes JSON.
      contentType: contentType ?? 'text/yaml',
      ...(file === undefined ? {} : { file }),
    });
    if (errors.length > 0)
      throw invalidDocuments(errors.map(({ reason, ...error }) => ({ ...error, message: reason })));
    return documents;
  }

  /** `owner`: the jobs of one owner run one at a time. */
  async parse(owner: string, text: string, options: ParseOptions): Promise<ParsedDocuments> {
    if (text.length <= AT_ONCE) return parseDocuments(text, options);
    const { locations, ...read } = await this.thread.run(owner, { text, options });
    const located = new Map<number, Locations>();
    return locatable(read, (tree) => {
      const known = located.get(tree) ?? locationsOf(locations[tree]);
      if (known !== undefined) located.set(tree, known);
      return known;
    });
  }

  onApplicationShutdown(): Promise<void> {
    return this.thread.close();
  }
}

function locationsOf(json: string | undefined): Locations | undefined {
  if (json === undefined) return undefined;
  type Entries = [string, Locations['root']][];
  const [root, values, keys] = JSON.parse(json) as [Locations['root'], Entries, Entries];
  return { root, values: new Map(values), keys: new Map(keys) };
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
