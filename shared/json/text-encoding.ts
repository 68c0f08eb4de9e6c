/** Decodes a body whose encoding is declared wrongly or is invalid: one wrong letter must not lose an alert. */

export interface DecodedText {
  text: string;
  /** Problem with the encoding, or null. */
  note: string | null;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const windows1252 = new TextDecoder('windows-1252');
const UPPER_HALF = Array.from({ length: 128 }, (_, at) => windows1252.decode(Uint8Array.of(at + 128)));
/** One character of well-formed UTF-8 (Unicode 16, table 3-7), or a byte that belongs to none; matches bytes as characters. */
const PIECES =
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x80-\xff]/g;

/**
 * Valid UTF-8 is read as UTF-8, whatever is declared, because most senders do not know what they declare. Otherwise the declared
 * charset applies; without one, each byte that is not UTF-8 is read as Windows-1252 (Latin-1). Two different keys stay different,
 * where a replacement character would make them equal.
 */
export function decodeText(raw: Uint8Array, charset: string | null): DecodedText {
  const declared = charset === null || /^(utf-?8|us-ascii)$/i.test(charset) ? null : decoderOf(charset);
  // ASCII letters contain a zero byte in UTF-16.
  if (declared !== null && declared.encoding.startsWith('utf-16') && raw.includes(0))
    return { text: declared.decode(raw), note: null };
  try {
    return { text: utf8.decode(raw), note: null };
  } catch {
    if (declared !== null) return { text: declared.decode(raw), note: null };
  }
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('latin1');
  const text = bytes.replace(PIECES, (piece) =>
    piece.length === 1
      ? (UPPER_HALF[piece.charCodeAt(0) - 128] ?? piece)
      : Buffer.from(piece, 'latin1').toString('utf8'),
  );
  return { text, note: 'the body is not UTF-8; what is not was read as Windows-1252' };
}

function decoderOf(label: string): InstanceType<typeof TextDecoder> | null {
  try {
    return new TextDecoder(label);
  } catch {
    return null;
  }
}
