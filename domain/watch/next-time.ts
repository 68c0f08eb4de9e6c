/** When a watch is evaluated next: at a fixed phase of its interval, so that watches of one interval spread over it. */
export function nextTime(name: string, everyMs: number, now: number): number {
  const phase = hashOf(name) % everyMs;
  return Math.floor((now - phase) / everyMs) * everyMs + phase + everyMs;
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
}
