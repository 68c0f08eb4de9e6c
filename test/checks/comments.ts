/** Extracts the comments of a source file, for the check of the citations in them. */

/** The lines of one comment as one text: a citation may continue on the next line. */
export interface Comment {
  text: string;
  lineAt: (offset: number) => number;
}

interface CommentLine {
  line: number;
  text: string;
}

/**
 * Works by lines, without a parser: lines of a block comment, lines that begin with `//` (`--` in SQL), and line ends behind
 * ` // `. A string that looks like one of these counts as a comment.
 */
export function commentsOf(source: string): Comment[] {
  const groups: CommentLine[][] = [];
  let inBlock = false;
  let isOpen = false;
  const add = (line: number, text: string): void => {
    if (!isOpen) groups.push([]);
    groups.at(-1)?.push({ line, text });
  };
  source.split('\n').forEach((raw, index) => {
    const text = raw.trim();
    const line = index + 1;
    if (inBlock || /^(?:\{)?\/\*/.test(text)) {
      if (!inBlock) isOpen = false;
      add(line, text.replace(/^(?:\{?\/\*+|\*(?!\/))\s?/, '').replace(/\*\/.*$/, ''));
      inBlock = !text.includes('*/');
      isOpen = inBlock;
      return;
    }
    if (/^(?:\/\/|--\s)/.test(text)) {
      add(line, text.replace(/^(?:\/\/+|--)\s?/, ''));
      isOpen = true;
      return;
    }
    isOpen = false;
    const trailing = / (?:\/\/|\/\*\*?) (.*)$/.exec(raw);
    if (trailing?.[1] !== undefined) add(line, trailing[1].replace(/\*\/.*$/, ''));
    isOpen = false;
  });
  return groups.map(joined);
}

function joined(lines: CommentLine[]): Comment {
  const starts: number[] = [];
  let text = '';
  for (const one of lines) {
    starts.push(text.length);
    text += `${one.text} `;
  }
  return {
    text,
    lineAt: (offset) => lines[starts.findLastIndex((start) => start <= offset)]?.line ?? 1,
  };
}
