import { describe, expect, it } from '@jest/globals';
import { questionScript, closingScript, digitIntent, EMPTY_SCRIPT, textScript } from './call-script.js';

describe('a call', () => {
  it('asks twice and says goodbye when nobody presses a key', () => {
    const script = questionScript('Hello', 'https://t.example/hooks/twilio/voice?d=ab&x=1');
    expect(script.match(/<Gather /g)).toHaveLength(2);
    expect(script).toContain('action="https://t.example/hooks/twilio/voice?d=ab&amp;x=1"');
    expect(script).toContain('numDigits="1"');
    expect(script).toMatch(/No key was pressed\. Goodbye\.<\/Say><Hangup\/><\/Response>$/);
  });

  it('says what people wrote without becoming part of the instructions', () => {
    expect(closingScript(`<Dial>+1900</Dial> & "x" 'y'\u0000\u0007`)).toContain(
      `>&lt;Dial&gt;+1900&lt;/Dial&gt; &amp; "x" 'y'  </Say>`,
    );
    expect(textScript('a < b')).toContain('<Message>a &lt; b</Message>');
    expect(EMPTY_SCRIPT).toContain('<Response></Response>');
  });

  it('stays far below the 4,000 characters that providers take', () => {
    const action = `https://tocsin.example.com/hooks/twilio/voice?d=${'ab12'.repeat(16)}&x='"`;
    for (const text of ['&', '"', "'", '<', 'word ', '\u{1f525}', '\u0007'])
      expect(questionScript(text.repeat(2_000), action).length).toBeLessThan(4_000);
  });

  it('knows 4, 6 and 9 and no other key', () => {
    expect(['4', '6', '9', '1', '44', '', '#'].map(digitIntent)).toEqual([
      'acknowledge',
      'resolve',
      'decline',
      null,
      null,
      null,
      null,
    ]);
  });
});
