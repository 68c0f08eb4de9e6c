/** What the post-mortem's form sent → the body that scripts would send. */
import { type Sections, SECTIONS } from '../../../domain/postmortem/sections.js';
import { fieldOf, type FormBody } from '../links/link-form.js';
import type { ItemFields } from './postmortem-page.js';

const LISTED = ['itemId', 'itemTitle', 'itemOwner', 'itemDue', 'itemUrl'] as const;

/** Every value of a field that stands on the form several times, in its order. */
function listOf(body: unknown, name: (typeof LISTED)[number]): string[] {
  const value =
    typeof body === 'object' && body !== null && Object.hasOwn(body, name)
      ? (body as FormBody)[name]
      : undefined;
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

export const typedSections = (body: unknown): Partial<Sections> =>
  Object.fromEntries(
    SECTIONS.flatMap((name) =>
      typeof body === 'object' && body !== null && Object.hasOwn(body, name)
        ? [[name, fieldOf(body, name)]]
        : [],
    ),
  );

/** The rows that somebody filled in; a row without a title is a removed item or an empty row. */
export function typedItems(body: unknown): ItemFields[] {
  const [ids, titles, owners, dues, urls] = LISTED.map((name) => listOf(body, name));
  return (titles ?? [])
    .map((title, index) => ({
      id: ids?.[index] ?? '',
      title: title.trim(),
      owner: owners?.[index] ?? '',
      due: dues?.[index] ?? '',
      url: (urls?.[index] ?? '').trim(),
    }))
    .filter(({ title }) => title !== '');
}

const orNull = (text: string): string | null => (text === '' ? null : text);

/** For `EditBody`. */
export const editOf = (body: unknown) => ({
  // Without any text on the form only the draft is asked for.
  ...(Object.keys(typedSections(body)).length === 0 ? {} : { sections: typedSections(body) }),
  actionItems: typedItems(body).map(({ id, title, owner, due, url }) => ({
    id: orNull(id),
    title,
    owner: orNull(owner),
    due: orNull(due),
    url: orNull(url),
  })),
  revision: Number.parseInt(fieldOf(body, 'revision'), 10) || 0,
});
