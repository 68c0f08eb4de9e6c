import { describe, expect, it } from '@jest/globals';
import type { Role } from '../config/terms.js';
import { mayPress } from './may-press.js';
import { PAGE_BUTTONS, type PageButton } from './page-form.js';

const anybody: readonly PageButton[] = ['acknowledge', 'escalate', 'decline'];

describe('an answer to a page', () => {
  it.each<[Role | undefined, readonly PageButton[]]>([
    ['admin', PAGE_BUTTONS],
    ['manager', PAGE_BUTTONS],
    ['responder', PAGE_BUTTONS],
    // The approval itself decides which people may answer it.
    ['stakeholder', [...anybody, 'approve', 'reject']],
    [undefined, anybody],
  ])('of %s may be one of %j', (role, buttons) => {
    expect(PAGE_BUTTONS.filter((button) => mayPress(role, button))).toEqual(buttons);
  });
});
