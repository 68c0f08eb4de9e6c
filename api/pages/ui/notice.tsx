/** What has to be read before the rest: a refusal, a success, a state of the system. */
import type { ReactNode } from 'react';
import { Sentence } from './time.js';

export type Tone = 'bad' | 'warn' | 'good' | 'info';

export interface Said {
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

export function SaidNotice({ said }: { said: Said | null }) {
  if (said === null) return null;
  return (
    <Notice tone={said.tone} title={said.title}>
      {said.detail === undefined || said.detail === '' ? null : (
        <p>
          <Sentence text={said.detail} />
        </p>
      )}
    </Notice>
  );
}
