import type { ReactElement, ReactNode } from 'react';
import { AppDocument, type Section } from '../ui/layout.js';
import { ViewerProvider } from '../ui/viewer.js';
import type { PageContext } from './page-contexts.js';

export function appFrame(
  context: PageContext,
  { title, section, drill = false }: { title: string; section: Section | null; drill?: boolean | string },
  children: ReactNode,
): ReactElement {
  const organisation = context.snapshot.get('Organisation', 'default')?.spec.displayName;
  return (
    <ViewerProvider value={context.viewing}>
      <AppDocument
        title={organisation === undefined ? title : `${title} · ${organisation}`}
        frame={context.frame}
        section={section}
        drill={drill}
      >
        {children}
      </AppDocument>
    </ViewerProvider>
  );
}
