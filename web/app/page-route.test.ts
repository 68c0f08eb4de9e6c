import { expect, it } from '@jest/globals';
import { Param } from '@nestjs/common';
import type { PageCall } from './page-call.js';
import { Page, PageRead } from './page-route.js';

class Shown {
  @PageRead('', { permission: 'incidents.read', summary: 'A page' })
  show(@Page() _page: PageCall, @Param('number') number = 'INC-1'): string {
    return number;
  }
}

it('a handler keeps all its parameters: the reply is passed after the last one, also after one with a default', () => {
  const parameters: object = Reflect.getMetadata('__routeArguments__', Shown, 'show') as object;
  const indexes = Object.keys(parameters).map((key) => Number(key.split(':')[1]));
  expect(indexes.toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
});
