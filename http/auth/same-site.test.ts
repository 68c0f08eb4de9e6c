import { describe, expect, it } from '@jest/globals';
import { isSameSite } from './same-site.js';

const url = 'https://tocsin.example.com';

describe('the origin of a change made with a cookie', () => {
  it.each([
    [{ 'sec-fetch-site': 'same-origin' }, true],
    [{ 'sec-fetch-site': 'same-site' }, false],
    [{ 'sec-fetch-site': 'cross-site', origin: url }, false],
    [{ 'sec-fetch-site': 'none' }, false],
    [{ origin: url }, true],
    [{ origin: 'http://localhost:3000', host: 'localhost:3000' }, true],
    [{ origin: 'https://evil.example.com', host: 'tocsin.example.com' }, false],
    [{ origin: 'null', host: 'tocsin.example.com' }, false],
    [{}, false],
  ])('%j → %s', (headers, expected) => {
    expect(isSameSite(headers, url)).toBe(expected);
  });
});
