const utf8 = new TextEncoder();
/** The 64-bit offset as two halves of 32: BigInt is twenty times slower, and a body may have millions of bytes. */
const OFFSET = { high: 0xcbf29ce4, low: 0x84222325 };
/** The FNV prime minus 2 to the power of 40. */
const PRIME_LOW = 0x1b3;
const SEPARATOR = Uint8Array.of(0xff);
const TWO_TO_32 = 0x1_0000_0000;

/**
 * The fingerprint of a label set as Prometheus and Alertmanager compute it (FNV-1a of 64 bits over the sorted names and values,
 * each followed by a 0xff byte; `model.LabelSet.Fingerprint`), 16 hexadecimal digits. So an alert without a fingerprint has the
 * same key as one with it.
 */
export function fingerprintOf(labels: readonly (readonly [string, string])[]): string {
  const sorted = [...labels].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  let { high, low } = OFFSET;
  const add = (bytes: Uint8Array): void => {
    for (const byte of bytes) {
      const mixed = (low ^ byte) >>> 0;
      const product = mixed * PRIME_LOW;
      low = product >>> 0;
      high = (high * PRIME_LOW + Math.floor(product / TWO_TO_32) + (mixed << 8)) >>> 0;
    }
  };
  for (const text of sorted.flat()) {
    add(utf8.encode(text));
    add(SEPARATOR);
  }
  return [high, low].map((half) => half.toString(16).padStart(8, '0')).join('');
}
