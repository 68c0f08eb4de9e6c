/** Reading what a link's form sent: one text per name, whatever came. */
export type FormBody = Readonly<Record<string, string | string[] | undefined>>;

/** The field's text; of several the first; `''` when it was not sent. */
export function fieldOf(body: unknown, name: string): string {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return '';
  const value = (body as FormBody)[name];
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : '';
}

/** The same, without blanks around it; null when nothing is left. */
export function wordsOf(body: unknown, name: string): string | null {
  const text = fieldOf(body, name).trim();
  return text === '' ? null : text;
}
