/** Parses the value of an `Authentication-Results` header (RFC 8601 §2.2), in time linear in its length. */

export interface AuthenticationResult {
  /** Lower case, without the version: `dmarc`, `dkim`. */
  method: string;
  result: string;
  /** `header.from`, `reason` and others; a repeated property is listed each time. */
  properties: [name: string, value: string][];
}

export interface AuthenticationResults {
  /** Lower case. */
  server: string;
  results: AuthenticationResult[];
}

/** One word, or two with `=` between them. */
type Part = { name: string; value: string | null };

/** Null when a quoted string or a comment is not closed. */
export function readAuthenticationResults(text: string): AuthenticationResults | null {
  const sections = sectionsOf(text);
  if (sections === null) return null;
  const [[server] = [], ...rest] = sections;
  return {
    server: (server?.name ?? '').toLowerCase(),
    results: rest.flatMap(([first, ...properties]) =>
      first === undefined || first.value === null
        ? []
        : {
            method: first.name.toLowerCase().split('/', 1)[0] ?? '',
            result: first.value.toLowerCase(),
            properties: properties.map(({ name, value }) => [name.toLowerCase(), value ?? '']),
          },
    ),
  };
}

/** Sections between semicolons. White space and comments may surround `=`; quoted text has no syntax inside. */
function sectionsOf(text: string): Part[][] | null {
  const sections: Part[][] = [[]];
  let part: Part | null = null;
  /** White space separates the part from the next character. */
  let isApart = false;
  const isOpen = (): boolean => part !== null && (!isApart || part.value === '');
  const add = (written: string, isQuoted: boolean): void => {
    if (part === null || !isOpen()) {
      part = { name: '', value: null };
      sections.at(-1)?.push(part);
    }
    isApart = false;
    if (part.value !== null) part.value += written;
    // A name is never quoted; the quotes stay, so that a quoted one matches no known name.
    else part.name += isQuoted ? `"${written}"` : written;
  };
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"' || character === '(') {
      const end = character === '"' ? endOfQuoted(text, at) : endOfComment(text, at);
      if (end === null) return null;
      if (character === '"') add(text.slice(at + 1, end).replace(/\\(.)/gsu, '$1'), true);
      else isApart = true;
      at = end;
    } else if (character === ';') {
      sections.push([]);
      part = null;
      isApart = false;
    } else if (/\s/.test(character)) isApart = true;
    else if (character === '=' && part !== null && (part as Part).value === null) {
      (part as Part).value = '';
      isApart = false;
    } else add(character, false);
  }
  return sections;
}

/** Index of the closing quote of the quoted string at `from`; null when there is none. */
function endOfQuoted(text: string, from: number): number | null {
  for (let at = from + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\') at += 1;
    else if (character === '"') return at;
  }
  return null;
}

/** Index of the closing parenthesis of the comment at `from`; comments nest. */
function endOfComment(text: string, from: number): number | null {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\') at += 1;
    else if (character === '(') depth += 1;
    else if (character === ')') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return null;
}
