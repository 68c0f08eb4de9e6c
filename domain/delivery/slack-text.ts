/** Slack's own three: everything else in its markup is only looks, these make links, mentions and commands. Pure. */
const ESCAPED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

export const slackCharacter = (character: string): string => ESCAPED[character] ?? character;

/** As a text that Slack shows the way it was written. */
export const slackText = (text: string): string => text.replace(/[&<>]/g, slackCharacter);
