/** Test pages of contacts, as their links use them. */
import type { DataSource } from 'typeorm';
import { confirmTestPage, type OpenedTest, openTestPage } from '../../db/people/test-pages.js';
import type { RootKeys } from '../../shared/keys.js';

export type { OpenedTest };

export class TestPages {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rootKeys: RootKeys,
  ) {}

  /** The test page of a link; null when there is none. */
  open(token: string): Promise<OpenedTest | null> {
    return openTestPage(this.dataSource, this.rootKeys, token);
  }

  /** "I have it": the contact reaches its person. Later presses change nothing; false: there is no such link. */
  async confirm(token: string): Promise<boolean> {
    if ((await this.open(token)) === null) return false;
    await confirmTestPage(this.dataSource, this.rootKeys, token);
    return true;
  }
}
