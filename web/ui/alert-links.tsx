/** Links and pictures of an alert as plain links: only http and https, never loaded. */
import { isWebAddress, SafeLink } from './safe-link.js';

interface Link {
  title: string;
  url: string;
}

/** What was stored, without what is not a web address. */
const webLinks = (links: readonly unknown[]): Link[] =>
  links.flatMap((link): Link[] => {
    if (typeof link !== 'object' || link === null || !('url' in link)) return [];
    const { url } = link;
    if (typeof url !== 'string' || !isWebAddress(url)) return [];
    const title = 'title' in link && typeof link.title === 'string' ? link.title.trim() : '';
    return [{ title: title === '' ? url : title, url }];
  });

export function AlertLinks({ links, most = 5 }: { links: readonly unknown[]; most?: number }) {
  const shown = webLinks(links);
  if (shown.length === 0) return null;
  return (
    <p className="small row">
      {shown.slice(0, most).map((link, index) => (
        <SafeLink key={`${index}`} url={link.url}>
          <bdi>{link.title}</bdi>
        </SafeLink>
      ))}
    </p>
  );
}
