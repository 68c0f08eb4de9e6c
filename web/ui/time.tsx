import { Fragment } from 'react';
import { linksIn } from '../../domain/shared/plain-text.js';
import { SafeLink } from './safe-link.js';
import { absoluteTime, relativeTime } from './time-text.js';
import { useViewer } from './viewer.js';

/** `22 Nov, 23:10:05 CET · 3 min ago`. */
export function Time({ at, only }: { at: string; only?: 'absolute' | 'relative' }) {
  const { now, zone } = useViewer();
  const absolute = absoluteTime(at, zone, now);
  const relative = relativeTime(at, now);
  if (only === 'relative') {
    return (
      <time dateTime={at} title={absolute}>
        {relative}
      </time>
    );
  }
  return <time dateTime={at}>{only === 'absolute' ? absolute : `${absolute} · ${relative}`}</time>;
}

const instant = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/;

/** A sentence of the record: instants in the reader's zone, web addresses as links. */
export function Sentence({ text }: { text: string }) {
  return (
    <>
      {text.split(instant).map((part, index) =>
        // Matches of the pattern's group are at odd indices.
        index % 2 === 1 && !Number.isNaN(Date.parse(part)) ? (
          <Time key={`${index}`} at={part} only="absolute" />
        ) : (
          <Linked key={`${index}`} text={part} />
        ),
      )}
    </>
  );
}

/** Text from outside: web addresses in it are links. */
export const Linked = ({ text }: { text: string }) => (
  <bdi>
    {linksIn(text).map((part, index) =>
      part.kind === 'link' ? (
        <SafeLink key={`${index}`} url={part.text}>
          {part.text}
        </SafeLink>
      ) : (
        <Fragment key={`${index}`}>{part.text}</Fragment>
      ),
    )}
  </bdi>
);
