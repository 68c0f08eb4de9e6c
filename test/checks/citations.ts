/**
 * Every relative link in Markdown and every citation of a document in a comment leads to something: the file, its anchor, the
 * heading or the numbered rule. A citation is `docs/<file>.md`, then any of `#anchor`, `R5`, `§3.1`, `, Heading`; or `ADR 27`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { commentsOf } from './comments.js';
import { type Heading, headingsOf, linksOf, rulesOf, withoutCode } from './markdown.js';

/** Path from the root → text, of Markdown and of code. */
export type Texts = ReadonlyMap<string, string>;

interface Document {
  headings: Heading[];
  rules: string[];
}

interface Problem {
  line: number;
  says: string;
}

/** One line each, `file:line: what is wrong and what would be right`. `exists`: of files whose text is not given. */
export function citationProblems(texts: Texts, exists: (path: string) => boolean = () => false): string[] {
  const documents = new Map<string, Document>();
  for (const [path, text] of texts) {
    if (path.endsWith('.md')) documents.set(path, { headings: headingsOf(text), rules: rulesOf(text) });
  }
  const library = new Library(documents, (path) => texts.has(path) || exists(path));
  return [...texts].flatMap(([path, text]) => {
    const found = path.endsWith('.md') ? inMarkdown(path, text, library) : inComments(path, text, library);
    return found.toSorted((a, b) => a.line - b.line).map(({ line, says }) => `${path}:${line}: ${says}`);
  });
}

class Library {
  constructor(
    private readonly documents: ReadonlyMap<string, Document>,
    readonly has: (path: string) => boolean,
  ) {}

  get(path: string): Document | undefined {
    return this.documents.get(path);
  }

  hasFolder(path: string): boolean {
    return [...this.documents.keys()].some((file) => file.startsWith(`${path}/`));
  }

  /** Suggested replacements: documents of the same name, else the one whose name differs in two letters at the most. */
  insteadOf(path: string): string {
    const name = posix.basename(path);
    const all = [...this.documents.keys()];
    const same = all.filter((file) => posix.basename(file) === name);
    if (same.length > 0) return `${path} does not exist; write ${same.join(' or ')}`;
    const alike = all.find((file) => distance(posix.basename(file), name) <= 2);
    return alike === undefined ? `${path} does not exist` : `${path} does not exist; is it ${alike}?`;
  }

  withRule(rule: string): string[] {
    return [...this.documents].filter(([, { rules }]) => rules.includes(rule)).map(([path]) => path);
  }

  adr(number: string): string | undefined {
    const start = `docs/adr/${number.padStart(4, '0')}-`;
    return [...this.documents.keys()].find((path) => path.startsWith(start));
  }
}

function inMarkdown(path: string, text: string, library: Library): Problem[] {
  const links = linksOf(text).flatMap(({ target, line }) =>
    linkProblem(path, target, library).map((says) => ({ line, says })),
  );
  const lineAt = (offset: number): number => text.slice(0, offset).split('\n').length;
  // In Markdown other documents are linked, so a bare name is prose.
  const cited = citationsIn(
    withoutCode(text).replaceAll(/\]\([^)\n]*\)/g, (link) => ' '.repeat(link.length)),
    library,
    lineAt,
  );
  return [...links, ...cited.filter(({ isBare }) => !isBare)];
}

function linkProblem(from: string, target: string, library: Library): string[] {
  if (/^[a-z][a-z+.-]*:/i.test(target) || target.startsWith('//')) return [];
  const [file = '', anchor] = target.split('#');
  const path =
    file === '' ? from : posix.normalize(posix.join(posix.dirname(from), decodeURIComponent(file)));
  if (!library.has(path) && !library.hasFolder(path.replace(/\/$/, '')))
    return [`the link ${target} leads nowhere: ${library.insteadOf(path)}`];
  return anchor === undefined ? [] : anchorProblem(path, anchor, library);
}

function inComments(path: string, text: string, library: Library): Problem[] {
  return commentsOf(text).flatMap((comment) => citationsIn(comment.text, library, comment.lineAt, path));
}

type Citation = Problem & { isBare: boolean };

const CITED =
  /(?<![\w./-])((?:[\w-]+\/)*[\w-]+\.md)(?![\w/])(?:#([\w-]+))?|\bADRs? (\d{1,4})\b|(?<![\w/])docs\/adr\/(\d{4})(?![\w-])/g;

function citationsIn(
  text: string,
  library: Library,
  lineAt: (offset: number) => number,
  from = '',
): Citation[] {
  return [...text.matchAll(CITED)].flatMap((match) => {
    const [whole, path, anchor, ...adrs] = match;
    const line = lineAt(match.index);
    const number = adrs.find((one) => one !== undefined);
    if (number !== undefined) {
      const says = `there is no ADR ${number} in docs/adr/`;
      return library.adr(number) === undefined ? [{ line, says, isBare: false }] : [];
    }
    if (path === undefined) return [];
    const isBare = !path.startsWith('docs/');
    // `README.md` beside the file, or `SECURITY.md` at the root, is written without a folder.
    const besides = posix.join(posix.dirname(from), path);
    const file = library.has(path) ? path : library.has(besides) ? besides : null;
    if (file === null) {
      return [{ line, says: library.insteadOf(path), isBare }];
    }
    return [
      ...(anchor === undefined ? [] : anchorProblem(file, anchor, library)),
      ...referenceProblems(file, text.slice(match.index + whole.length), library),
    ].map((says) => ({ line, says, isBare: false }));
  });
}

function anchorProblem(path: string, anchor: string, library: Library): string[] {
  const document = library.get(path);
  if (document === undefined || document.headings.some((heading) => heading.anchor === anchor)) return [];
  return [`${path} has no heading for #${anchor}; ${nearest(document, anchor)}`];
}

/** References behind a document: rules (`R5, R9`), sections (`§3.1`), or a heading behind a comma or in quotation marks. */
function referenceProblems(path: string, behind: string, library: Library): string[] {
  const document = library.get(path);
  if (document === undefined) return [];
  const problems: string[] = [];
  let rest = behind;
  for (let isFirst = true; ; isFirst = false) {
    const numbered =
      /^(?:\s*[,–-]|\s+and|\s+to)?\s*(?:rules?\s+)?(?:§\s?(\d+(?:\.\d+)*)|([RFSIT]\d{1,2})\b)/.exec(rest);
    if (numbered === null) return isFirst ? [...problems, ...headingProblem(path, document, rest)] : problems;
    const [whole, section, rule] = numbered;
    rest = rest.slice(whole.length);
    if (
      section !== undefined &&
      !document.headings.some(({ text }) => text.startsWith(`${section}. `) || text.startsWith(`${section} `))
    )
      problems.push(
        `${path} has no section ${section}; it has ${listed(document.headings.map(({ text }) => text))}`,
      );
    if (rule !== undefined && !document.rules.includes(rule)) {
      const elsewhere = library.withRule(rule);
      problems.push(
        elsewhere.length > 0
          ? `${path} has no rule ${rule}; write ${elsewhere.join(' or ')} ${rule}`
          : `${path} has no rule ${rule}; it has ${listed(document.rules)}`,
      );
    }
  }
}

function headingProblem(path: string, document: Document, behind: string): string[] {
  const named = /^,?\s*"([^"]+)"|^,\s+([A-Z][a-z][^\n]*)/.exec(behind);
  const text = named?.[1] ?? named?.[2];
  if (text === undefined) return [];
  const begins = text.toLowerCase();
  const shown = (named?.[1] ?? text.split(/[.;:)]/)[0] ?? text).trim();
  const plain = document.headings.map((heading) =>
    heading.text.replace(/^\d+(?:\.\d+)*\.?\s+/, '').toLowerCase(),
  );
  // Text may follow a heading, and of a long heading the beginning is enough.
  if (plain.some((heading) => begins.startsWith(heading) || heading.startsWith(shown.toLowerCase())))
    return [];
  return [`${path} has no heading "${shown}"; ${nearest(document, shown)}`];
}

function nearest(document: Document, wanted: string): string {
  const slug = wanted.toLowerCase().replaceAll(/\s+/g, '-');
  const [best] = document.headings.toSorted((a, b) => distance(a.anchor, slug) - distance(b.anchor, slug));
  return best === undefined ? 'it has none' : `the nearest is "${best.text}" (#${best.anchor})`;
}

const listed = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '));

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

const SKIPPED: ReadonlySet<string> = new Set(['node_modules', 'dist', 'histories']);

/** Markdown and code below the root, without what is installed, built or hidden. */
export function readTexts(root: string): Map<string, string> {
  const texts = new Map<string, string>();
  const read = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (entry.name.startsWith('.') || SKIPPED.has(entry.name)) continue;
      const path = posix.join(folder, entry.name);
      if (entry.isDirectory()) read(path);
      else if (entry.isFile() && /\.(?:md|tsx?|mjs)$/.test(entry.name))
        texts.set(path, readFileSync(join(root, path), 'utf8'));
    }
  };
  read('');
  return texts;
}

if (process.argv[1] === import.meta.filename) {
  const root = process.cwd();
  const problems = citationProblems(readTexts(root), (path) => existsSync(join(root, path)));
  for (const problem of problems) process.stdout.write(`${problem}\n`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
