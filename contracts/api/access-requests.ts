/** Request bodies of the routes for keys and links. */
import { z } from 'zod';

const slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be a slug: small letters, digits and hyphens, at most 63');

export const NewKeyBody = z.strictObject({
  name: slug,
  role: z.enum(['admin', 'manager', 'responder', 'stakeholder']),
  team: slug.optional(),
  expiresAt: z.iso.datetime({ offset: true }).optional(),
});
export type NewKeyBody = z.infer<typeof NewKeyBody>;

export const SetupLinkBody = z.strictObject({ person: slug.optional() });
export type SetupLinkBody = z.infer<typeof SetupLinkBody>;

export const SignInLinkBody = z.strictObject({ person: slug });
export type SignInLinkBody = z.infer<typeof SignInLinkBody>;

export const LinkReply = z.object({ url: z.string() });
/** `person`: the person whom the link signs in; null: the link creates the first admin. */
export const SetupLinkReply = z.object({ url: z.string(), person: z.string().nullable() });

const key = {
  id: z.string(),
  name: z.string(),
  role: z.string(),
  team: z.string().nullable(),
  createdBy: z.string(),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  lastUsedAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
};
export const NewKeyReply = z.object({ ...key, key: z.string() });
export const KeysReply = z.object({ items: z.array(z.object(key)), next: z.null() });
