/** What changed in a text: removed and added parts, marked by element and line, not by colour alone. */
import { diffLines, diffWordsWithSpace } from 'diff';

/** Words are compared in texts up to this size; longer ones by line, or a large edit would take seconds. */
const WORDS_UP_TO = 8_000;
/** Unchanged text around a change that is shown, in characters. */
const AROUND = 120;

export function Changes({ before, after }: { before: string; after: string }) {
  const parts =
    before.length + after.length <= WORDS_UP_TO
      ? diffWordsWithSpace(before, after)
      : diffLines(before, after);
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

function shortened(text: string, isFirst: boolean, isLast: boolean): string {
  if (text.length <= AROUND * 2 + 20) return text;
  if (isFirst) return `… ${text.slice(-AROUND)}`;
  if (isLast) return `${text.slice(0, AROUND)} …`;
  return `${text.slice(0, AROUND)} … ${text.slice(-AROUND)}`;
}
