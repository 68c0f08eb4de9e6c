/**
 * Jest's environment for Node, which writes down what its process is at: the suite, its start, and the test. The watch
 * over suites that do not end (`embedded/setup/suite-watch.mjs`) reads it, even when this process answers nobody.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestEnvironment } from 'jest-environment-node';

export default class SuiteEnvironment extends TestEnvironment {
  #file;
  #suite;
  #since = Date.now();

  constructor(config, context) {
    super(config, context);
    this.#suite = context.testPath;
    const folder = process.env['TOCSIN_TEST_SUITES'];
    this.#file = folder === undefined ? null : join(folder, `${process.pid}.json`);
    this.#write(null);
  }

  handleTestEvent(event) {
    if (event.name === 'test_start') this.#write(event.test.name);
  }

  async teardown() {
    await super.teardown();
    if (this.#file !== null) rmSync(this.#file, { force: true });
  }

  #write(test) {
    if (this.#file === null) return;
    writeFileSync(this.#file, JSON.stringify({ suite: this.#suite, since: this.#since, test }));
  }
}
