/** Changes of a text: removed and added parts, marked by element and line, not by colour alone. */
import { diffLines, diffWordsWithSpace } from 'diff';

/** Texts up to this size are compared by word, longer ones by line. */
const WORDS_UP_TO = 8_000;
/**
 * The cost is the product of length and difference: a text with more differences, or that takes longer, is shown as new. A
 * post-mortem has seven sections, all on one page.
 */
const COMPARED_AT_MOST = { maxEditLength: 500, timeout: 10 } as const;
/** Characters of unchanged text that are shown around a change. */
const AROUND = 120;

export function Changes({ before, after }: { before: string; after: string }) {
  const parts =
    before.length + after.length <= WORDS_UP_TO
      ? diffWordsWithSpace(before, after, COMPARED_AT_MOST)
      : diffLines(before, after, COMPARED_AT_MOST);
  if (parts === undefined) return <Replaced before={before} after={after} />;
  return (
    <p className="prose">
      {parts.map((part, index) => {
        const key = `${index}`;
        if (part.added) return <ins key={key}>{part.value}</ins>;
        if (part.removed) return <del key={key}>{part.value}</del>;
        return <span key={key}>{shortened(part.value, index === 0, index === parts.length - 1)}</span>;
      })}
    </p>
  );
}

/** Shows both texts whole: nothing that a reviewer has to see is left out. */
function Replaced({ before, after }: { before: string; after: string }) {
  return (
    <>
      <p className="soft">Too much changed to compare it part by part; this is the text before and after.</p>
      <p className="prose">
        <del>{before}</del>
      </p>
      <p className="prose">
        <ins>{after}</ins>
      </p>
    </>
  );
}

function shortened(text: string, isFirst: boolean, isLast: boolean): string {
  if (text.length <= AROUND * 2 + 20) return text;
  if (isFirst) return `… ${text.slice(-AROUND)}`;
  if (isLast) return `${text.slice(0, AROUND)} …`;
  return `${text.slice(0, AROUND)} … ${text.slice(-AROUND)}`;
}
