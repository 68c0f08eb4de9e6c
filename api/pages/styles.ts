/** The stylesheets as they are sent, and the policy that lets them in and nothing else. */
import { createHash } from 'node:crypto';
import { appStyle, baseStyle, linkStyle, minified } from './ui/style-base.js';

export const linkCss = minified(baseStyle + linkStyle);
export const appCss = minified(baseStyle + appStyle);

/** Changes with the text, so that the file can be kept for a year. */
export const appCssPath = `/assets/tocsin-${createHash('sha256').update(appCss).digest('hex').slice(0, 12)}.css`;

/** `style`: a CSP source, `'self'` or a nonce. A page with files of its own has an icon; one behind a link is one answer. */
export const pagePolicy = (style: string): string =>
  `default-src 'none'; style-src ${style};${style === "'self'" ? " img-src 'self';" : ''} form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'`;
