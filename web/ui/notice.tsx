/** Shown before the rest of a page: a refusal, a success, a state of the system. */
import type { ReactNode } from 'react';
import { Sentence } from './time.js';

export type Tone = 'bad' | 'warn' | 'good' | 'info';

export interface Flash {
  tone: Tone;
  title: string;
  detail?: string;
}

export function Notice({ tone, title, children }: { tone: Tone; title: string; children?: ReactNode }) {
  return (
    <div className={`note ${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
      <p>
        <strong>{title}</strong>
      </p>
      {children}
    </div>
  );
}

export function FlashNotice({ flash }: { flash: Flash | null }) {
  if (flash === null) return null;
  return (
    <Notice tone={flash.tone} title={flash.title}>
      {flash.detail === undefined || flash.detail === '' ? null : (
        <p>
          <Sentence text={flash.detail} />
        </p>
      )}
    </Notice>
  );
}
