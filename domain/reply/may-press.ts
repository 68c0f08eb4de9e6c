/** Permissions of a person's answer to a page, whichever way it arrives. Pure. */
import { mayDo } from '../access/permissions.js';
import type { Role } from '../config/terms.js';
import { type PageButton, PERMISSION_FOR } from './page-form.js';

/** A person who was paged may answer the page in any role; the rest needs a permission. */
export function mayPress(role: Role | undefined, button: PageButton): boolean {
  const permission = PERMISSION_FOR[button];
  return permission === null || (role !== undefined && mayDo(role, permission));
}
