/**
 * Text that anybody may have written, for whoever draws Markdown: `[Acknowledge here](https://…)` in the title of an alert must not
 * become a link that reads like ours. The halves are parted by a space of no width, which holds in every dialect, also where a
 * backslash is not known, and is not seen where nothing is drawn. Pure.
 */
export const unlinked = (text: string): string => text.replaceAll('](', ']\u200b(');
