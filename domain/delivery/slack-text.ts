/**
 * Escapes the three characters that Slack requires: they form links, mentions and commands, while all other markup only changes
 * formatting. Pure.
 */
const ESCAPED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

export const slackCharacter = (character: string): string => ESCAPED[character] ?? character;

/** Escapes a text so that Slack shows it literally. */
export const slackText = (text: string): string => text.replace(/[&<>]/g, slackCharacter);
