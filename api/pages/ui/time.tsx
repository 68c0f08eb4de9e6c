import { Fragment } from 'react';
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

/** A sentence of the record, its instants told in the reader's zone. */
export function Sentence({ text }: { text: string }) {
  return (
    <>
      {text.split(instant).map((part, index) =>
        // What was between the brackets of the pattern comes at odd places.
        index % 2 === 1 && !Number.isNaN(Date.parse(part)) ? (
          <Time key={`${index}`} at={part} only="absolute" />
        ) : (
          <Fragment key={`${index}`}>{part}</Fragment>
        ),
      )}
    </>
  );
}
