import { describe, expect, it } from '@jest/globals';
import { parseForm } from '../../../http/bodies/body-parser.js';
import { editOf, typedItems } from './postmortem-form.js';

const form = (text: string) => parseForm(Buffer.from(text));

describe("the post-mortem's form", () => {
  it('becomes the body that scripts send', () => {
    const body = form(
      'summary=S&lessons=L&revision=3&itemId=&itemTitle=Limit+it&itemOwner=ana&itemDue=2026-12-04&itemUrl=&itemId=&itemTitle=&itemOwner=&itemDue=&itemUrl=',
    );
    expect(editOf(body)).toEqual({
      sections: { summary: 'S', lessons: 'L' },
      actionItems: [{ id: null, title: 'Limit it', owner: 'ana', due: '2026-12-04', url: null }],
      revision: 3,
    });
  });

  it('keeps each row together when the first title was emptied', () => {
    const body = form(
      'itemId=a&itemTitle=&itemOwner=ana&itemDue=&itemUrl=&itemId=b&itemTitle=Second&itemOwner=bo&itemDue=&itemUrl=',
    );
    expect(typedItems(body)).toEqual([{ id: 'b', title: 'Second', owner: 'bo', due: '', url: '' }]);
  });

  it('requests only the draft when it has no text', () => {
    expect(editOf(form('decision=save'))).toEqual({ actionItems: [], revision: 0 });
  });

  it('does not look at the prototype', () => {
    expect(editOf(form('__proto__=x&constructor=y'))).toEqual({ actionItems: [], revision: 0 });
    expect(editOf(undefined)).toEqual({ actionItems: [], revision: 0 });
  });
});
