/** A proposed document, typed as the YAML of its spec. */
import type { ParsedDocuments } from '../../contracts/config/documents.js';
import type { ConfigKind } from '../../domain/config/specs.js';
import { invalid } from '../../services/common/problem.js';

/** Lines of the document around the proposal; they are subtracted from reported lines. */
const head = (kind: ConfigKind, name: string): string =>
  `apiVersion: tocsin/v1\nkind: ${kind}\nmetadata: {name: ${name}}\nspec:\n`;
const HEAD_LINES = 4;

/** Refuses with line and column, counted in the form's field `proposal`. The schema has checked what is returned. */
export async function proposedSpec(
  { kind, name, what }: { kind: ConfigKind; name: string; what: string },
  text: string,
  parse: (text: string) => Promise<ParsedDocuments>,
): Promise<unknown> {
  const indented = text.replaceAll('\r\n', '\n').replaceAll(/^/gm, '  ');
  const { documents, errors } = await parse(`${head(kind, name)}${indented}\n`);
  const [document] = documents;
  if (errors.length === 0 && documents.length === 1 && document?.kind === kind) return document.spec;
  const flash = errors.map(({ line, col, path, reason }) => ({
    path: 'proposal',
    message: `line ${Math.max(1, line - HEAD_LINES)}, column ${Math.max(1, col - 2)}: ${path.replace(/^spec\.?/, '')} ${reason}`,
  }));
  throw invalid(
    flash.length === 0
      ? `The proposal is not ${what}.`
      : `${flash.map(({ message }) => message).join('; ')}.`,
    flash,
  );
}
