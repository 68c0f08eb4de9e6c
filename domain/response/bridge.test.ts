import { describe, expect, it } from '@jest/globals';
import { redactText } from '../../shared/redact.js';
import { bridgeAddress, keptBridge } from './bridge.js';

const room = { number: 'INC-42', secret: 'abcdefghijklmnopqrstuvwx' };

describe('the bridge of an incident', () => {
  it.each([
    [false as const, null],
    ['https://meet.example.com/a', 'https://meet.example.com/a'],
    [{ url: 'https://meet.example.com/war-room?pwd=1' }, 'https://meet.example.com/war-room?pwd=1'],
    [{ jitsi: 'https://meet.example.com' }, `https://meet.example.com/INC-42-${room.secret}`],
    [{ jitsi: 'https://example.com/meet/' }, `https://example.com/meet/INC-42-${room.secret}`],
  ])('%j opens %s', (spec, address) => {
    expect(bridgeAddress(spec, room)).toBe(address);
  });

  it('stays where people are when the priority changes', () => {
    expect(keptBridge('https://a.example/1', 'https://b.example/2')).toBe('https://a.example/1');
    expect(keptBridge('https://a.example/1', null)).toBe('https://a.example/1');
    expect(keptBridge(null, 'https://b.example/2')).toBe('https://b.example/2');
  });

  it('is not readable in a log', () => {
    const address = bridgeAddress({ jitsi: 'https://meet.example.com' }, room);
    expect(redactText(`GET ${address} failed`)).toBe('GET https://meet.example.com/INC-42-[redacted] failed');
  });
});
