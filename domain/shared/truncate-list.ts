/**
 * Joins reasons into one short text, so that recorded, sent and shown texts stay small however much a configuration names. The
 * first ones are given in full, the others counted.
 */
export function truncateList(parts: readonly string[], { separator = '; ', max = 600 } = {}): string {
  let text = '';
  for (const [index, part] of parts.entries()) {
    const longer = index === 0 ? part : `${text}${separator}${part}`;
    if (longer.length > max) {
      const left = parts.length - index;
      return index === 0 ? `${part.slice(0, max - 1)}…` : `${text}${separator}and ${left} more`;
    }
    text = longer;
  }
  return text;
}
