/** The stylesheets as sent, and the content security policy that allows them and nothing else. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** One line, without comments: a link page carries its style along. */
const css = (...names: string[]): string =>
  names
    .map((name) => readFileSync(new URL(name, import.meta.url), 'utf8'))
    .join('')
    .replaceAll(/\/\*[^]*?\*\/|\s+/g, ' ');

export const linkCss = css('base.css', 'link.css');
export const appCss = css('base.css', 'app.css');

/** Changes with the text, so that browsers can cache the file for a year. */
export const appCssPath = `/assets/tocsin-${createHash('sha256').update(appCss).digest('hex').slice(0, 12)}.css`;

/** `style`: a CSP source, `'self'` or a nonce. A page with files of its own has an icon; a link page is one reply. */
export const pagePolicy = (style: string): string =>
  `default-src 'none'; style-src ${style};${style === "'self'" ? " img-src 'self';" : ''} form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'`;
