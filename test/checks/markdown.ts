/** Headings, numbered rules and links of a Markdown text. */

export interface Heading {
  /** Without `#` and Markdown signs. */
  text: string;
  anchor: string;
}

export interface Link {
  target: string;
  line: number;
}

/** Blanks code, and keeps the offsets of everything else within its line. */
export const withoutCode = (markdown: string): string =>
  withoutFences(markdown).replaceAll(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, (code) =>
    ' '.repeat(code.length),
  );

function withoutFences(markdown: string): string {
  let fence: string | null = null;
  return markdown
    .split('\n')
    .map((line) => {
      const mark = /^\s*(?:>\s*)?(`{3,}|~{3,})/.exec(line)?.[1];
      if (fence === null) {
        fence = mark ?? null;
        return mark === undefined ? line : '';
      }
      if (mark?.startsWith(fence) === true) fence = null;
      return '';
    })
    .join('\n');
}

/** Anchors as GitHub makes them: lower case, no punctuation, a number behind repeated ones. */
export function headingsOf(markdown: string): Heading[] {
  const seen = new Map<string, number>();
  return withoutFences(markdown)
    .split('\n')
    .flatMap((line) => {
      const raw = /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1];
      if (raw === undefined) return [];
      const text = raw.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/[`*]/g, '');
      const slug = text
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(/\s/g, '-');
      const times = seen.get(slug) ?? 0;
      seen.set(slug, times + 1);
      return [{ text, anchor: times === 0 ? slug : `${slug}-${times}` }];
    });
}

/** Numbered rules (`R5`): the first cell of a row of a table. */
export const rulesOf = (markdown: string): string[] =>
  [...withoutFences(markdown).matchAll(/^\|\s*\**([RFSIT]\d{1,2})\**\s*\|/gm)].map((match) => match[1] ?? '');

export function linksOf(markdown: string): Link[] {
  return withoutCode(markdown)
    .split('\n')
    .flatMap((text, index) =>
      [...text.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)|^\s*\[[^\]]+\]:\s+(\S+)/g)].map(
        (match) => ({
          target: match[1] ?? match[2] ?? '',
          line: index + 1,
        }),
      ),
    );
}
