/** Form of the post-mortem ⇄ body of the API. */
import { type Sections, SECTIONS } from '../../../domain/postmortem/sections.js';
import { fieldOf, type FormBody } from '../../ui/form.js';
import type { PostmortemReply } from '../../../services/postmortem/postmortems.service.js';

/** One row of the action items in the form. */
export interface ItemFields {
  id: string;
  title: string;
  owner: string;
  due: string;
  url: string;
}

/** Values of a refused form. */
export interface TypedPostmortem {
  sections: Partial<Sections>;
  items: readonly ItemFields[];
}

/** The stored items that can still be changed. */
export const keptItems = (items: PostmortemReply['actionItems']): ItemFields[] =>
  items
    .filter(({ state }) => state === 'open')
    .map(({ id, title, owner, due, url }) => ({
      id,
      title,
      owner: owner ?? '',
      due: due ?? '',
      url: url ?? '',
    }));

const LISTED = ['itemId', 'itemTitle', 'itemOwner', 'itemDue', 'itemUrl'] as const;

/** All values of a repeated field, in order. */
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

/** Rows with a title; a row without one is a removed item or an empty row. */
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

/** Body for `EditBody`. */
export const editOf = (body: unknown) => ({
  // A form without any text only requests the draft.
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
