/** Reads a submitted form: one text for each name, whatever was sent. */
export type FormBody = Readonly<Record<string, string | string[] | undefined>>;

/** Text of a field; of a repeated field the first; `''` when it is missing. */
export function fieldOf(body: unknown, name: string): string {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return '';
  const value = (body as FormBody)[name];
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : '';
}

/** Every text of a repeated field, as check boxes send it. */
export function allOf(body: unknown, name: string): string[] {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return [];
  const value = (body as FormBody)[name];
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
}

/** Trimmed text of a field; null when it is empty. */
export function wordsOf(body: unknown, name: string): string | null {
  const text = fieldOf(body, name).trim();
  return text === '' ? null : text;
}
