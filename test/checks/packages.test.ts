import { describe, expect, it } from '@jest/globals';
import { lockProblems } from './lock-file.js';
import { forbiddenCopies, strayPackages } from './one-protobufjs.js';

const natives = {
  '@swc/core': '1.0.0',
  oxlint: '1.0.0',
  'oxlint-tsgolint': '1.0.0',
  'unrs-resolver': '1.0.0',
};
const nativeEntries = Object.fromEntries(
  Object.entries(natives).map(([name, version]) => [`node_modules/${name}`, { version }]),
);

describe('the lock file check', () => {
  const manifest = { devDependencies: natives };

  it('finds a platform build that has no entry', () => {
    const packages = {
      ...nativeEntries,
      'node_modules/a': { version: '1.0.0', optionalDependencies: { 'a-linux': '1.0.0', 'a-mac': '1.0.0' } },
      'node_modules/a-linux': { version: '1.0.0' },
      'node_modules/b/node_modules/c': { version: '1.0.0', optionalDependencies: { d: '1.0.0', e: '1.0.0' } },
      'node_modules/b/node_modules/d': { version: '1.0.0' },
      'node_modules/b/node_modules/c/node_modules/e': { version: '1.0.0' },
    };
    expect(lockProblems({ packages }, manifest)).toEqual([
      'node_modules/a wants a-mac, which has no entry in package-lock.json',
    ]);
  });

  it('finds a native tool that is not pinned, be it as an override', () => {
    const loose = { devDependencies: { ...natives, oxlint: '^1.0.0' } };
    expect(lockProblems({ packages: nativeEntries }, loose)).toEqual([
      expect.stringMatching(/^oxlint is 1.0.0.*\^1.0.0/),
    ]);
    const { 'unrs-resolver': overridden, ...rest } = natives;
    const overrides = { 'unrs-resolver': overridden };
    expect(lockProblems({ packages: nativeEntries }, { devDependencies: rest, overrides })).toEqual([]);
  });
});

describe('the protobufjs check', () => {
  const root = { 'node_modules/protobufjs': { version: '8.8.1' } };

  it('lets through one 8 and the 7 of @grpc/proto-loader', () => {
    const nested = { 'node_modules/@grpc/proto-loader/node_modules/protobufjs': { version: '7.6.6' } };
    expect(forbiddenCopies({ packages: { ...root, ...nested } })).toEqual([]);
  });

  it.each([
    ['no copy at the root', {}],
    ['a 7 at the root', { 'node_modules/protobufjs': { version: '7.6.6' } }],
    [
      'a second 8',
      { ...root, 'node_modules/@temporalio/proto/node_modules/protobufjs': { version: '8.7.0' } },
    ],
  ])('finds %s', (_, packages) => {
    expect(forbiddenCopies({ packages })).toHaveLength(1);
  });

  it('finds a package that loads another copy', () => {
    expect(strayPackages(process.cwd(), ['@temporalio/proto', '@temporalio/client'])).toEqual([]);
    expect(strayPackages(process.cwd(), ['@grpc/proto-loader'])).toEqual([
      expect.stringMatching(/^@grpc\/proto-loader loads /),
    ]);
  });
});
