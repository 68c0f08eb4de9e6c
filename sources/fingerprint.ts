const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;
const SEPARATOR = 0xffn;
const MASK = 0xffffffffffffffffn;

const utf8 = new TextEncoder();

/**
 * The fingerprint of a label set as Prometheus and Alertmanager compute it (FNV-1a of 64 bits over the sorted names and
 * values, each followed by a 0xff byte; `model.LabelSet.Fingerprint`), 16 hexadecimal digits. So an alert that comes without
 * its fingerprint has the same key as one that brings it.
 */
export function fingerprintOf(labels: readonly (readonly [string, string])[]): string {
  const sorted = [...labels].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  let sum = OFFSET;
  for (const text of sorted.flat()) {
    for (const byte of utf8.encode(text)) sum = ((sum ^ BigInt(byte)) * PRIME) & MASK;
    sum = ((sum ^ SEPARATOR) * PRIME) & MASK;
  }
  return sum.toString(16).padStart(16, '0');
}
