/** Links from outside: only http and https, never a script. */
import type { ReactNode } from 'react';

export const isWebAddress = (url: string): boolean =>
  URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol);

/** Any other address is shown as text. */
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
