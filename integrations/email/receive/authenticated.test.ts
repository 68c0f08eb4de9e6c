/** Verdict of a mail server on a sender (RFC 8601), also with header text that the sender chose. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cheapest } from '../../../test/harness/cpu.js';
import { isVouchedFor } from './authenticated.js';

const vouches = (...results: string[]): boolean =>
  isVouchedFor(results, 'mx.example.com', 'ana@example.com').kind === 'vouched';

describe('a mail server vouches for the sender', () => {
  it.each([
    ['mx.example.com; dmarc=pass header.from=example.com'],
    ['mx.example.com; DMARC/1 = Pass (p=REJECT; ok) header.from = "Example.COM"'],
    ['mx.example.com; dmarc=pass header.from=ana@example.com'],
    [
      'mx.example.com;spf=pass smtp.mailfrom="; dmarc=fail "@x.example;dmarc=pass action=none header.from=example.com',
    ],
    [
      'mx.example.com 1;\r\n\tspf=none;\r\n\tdkim=pass (1024-bit key; "x) header.d=example.com header.b="a/+="',
    ],
    ['mx.example.com; dkim=fail header.d=other.example; dkim=pass header.d=example.com header.b=a/+=='],
    ['mx.example.com; dmarc=pass header.from=example.com smtp.mailfrom="a\\"; dmarc=fail"@x'],
  ])('in %j', (result) => {
    expect(vouches(result)).toBe(true);
  });
});

describe('a mail server does not vouch for the sender', () => {
  it.each([
    [
      'a result in what the sender had quoted',
      'mx.example.com; spf=fail smtp.mailfrom="; dmarc=pass "@evil.example; dmarc=fail header.from=example.com',
    ],
    [
      'a quoted result that names the domain too',
      'mx.example.com; spf=fail smtp.mailfrom="; dmarc=pass header.from=example.com "@evil.example',
    ],
    ['a property in a quotation', 'mx.example.com; dkim=pass header.i="@evil header.d=example.com x"'],
    [
      'a quotation behind an escaped mark',
      'mx.example.com; spf=fail x="\\"; dmarc=pass header.from=example.com;"',
    ],
    ['a comment within a comment', 'mx.example.com; spf=fail (a(b); dmarc=pass header.from=example.com)'],
    ['a quotation that does not end', 'mx.example.com; dmarc=pass header.from=example.com; x="'],
    ['a comment that does not end', 'mx.example.com; dmarc=pass header.from=example.com; x=(y'],
    ['DMARC without a domain', 'mx.example.com; dmarc=pass'],
    ['DMARC of two domains', 'mx.example.com; dmarc=pass header.from=evil.example header.from=example.com'],
    ['two results of DMARC', 'mx.example.com; dmarc=pass header.from=example.com; dmarc=fail'],
    ['DMARC that failed beside a signature', 'mx.example.com; dkim=pass header.d=example.com; dmarc=fail'],
    [
      'DMARC without a policy beside a signature',
      'mx.example.com; dkim=pass header.d=example.com; dmarc=none',
    ],
    ['a signature of two domains', 'mx.example.com; dkim=pass header.d=evil.example header.d=example.com'],
    ['a quoted name', 'mx.example.com; dkim=pass "header.d"=example.com'],
    ['a method in quotes', 'mx.example.com; "dmarc"=pass header.from=example.com'],
    ['a result that is a reason', 'mx.example.com; dkim=fail reason=dkim=pass header.d=example.com'],
    ['an empty result', 'mx.example.com;'],
    ['nothing', ''],
  ])('in %s', (_what, result) => {
    expect(vouches(result)).toBe(false);
  });

  it('whatever the sender had quoted or commented', () => {
    const told = fc.oneof(
      fc.string(),
      fc
        .array(
          fc.constantFrom(
            ';',
            ' ',
            'dmarc=pass',
            'header.from=example.com',
            'dkim=pass',
            'header.d=example.com',
            '"',
            '\\',
            '(',
            ')',
            '=',
          ),
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(told, (text) => {
        const quoted = text.replace(/["\\]/g, '\\$&');
        const commented = text.replace(/[()\\]/g, '\\$&');
        for (const method of [
          `spf=fail smtp.mailfrom="${quoted}"@evil.example`,
          `dkim=pass header.i="${quoted}"`,
          `spf=fail (${commented})`,
        ])
          expect(vouches(`mx.example.com; ${method}`)).toBe(false);
        expect(
          vouches(
            `mx.example.com; spf=fail smtp.mailfrom="${quoted}"; dmarc=pass (${commented}) header.from=example.com`,
          ),
        ).toBe(true);
      }),
    );
  });

  it('in linear time', () => {
    for (const run of ['"', '(', '\\', '=', ';', 'a', ' ', 'a=b ', '"x"', '()', '; a=b'])
      expect(cheapest(() => vouches(`mx.example.com; ${run.repeat(64_000 / run.length)}`))).toBeLessThan(500);
  });
});
