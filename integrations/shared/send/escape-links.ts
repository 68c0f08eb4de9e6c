/**
 * Escapes Markdown links in external text: `[Acknowledge here](https://…)` in an alert's title must not become a link that looks
 * like Tocsin's. A zero-width space separates the halves, which works in every dialect, including those without backslash
 * escapes, and is invisible in plain text. Pure.
 */
export const escapeLinks = (text: string): string => text.replaceAll('](', ']\u200b(');
