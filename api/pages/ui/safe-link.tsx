/** Links that others wrote: only to http and https, never a way to run something. */
import type { ReactNode } from 'react';

export const isWebAddress = (url: string): boolean =>
  URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol);

/** Anything else is shown as the text it is. */
export function SafeLink({
  url,
  className,
  children,
}: {
  url: string;
  className?: string;
  children: ReactNode;
}) {
  if (!isWebAddress(url)) {
    return (
      <span>
        {children} <code>{url}</code>
      </span>
    );
  }
  return (
    <a href={url} className={className} rel="noreferrer noopener">
      {children}
    </a>
  );
}
