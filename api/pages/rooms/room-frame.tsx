import type { ReactElement, ReactNode } from 'react';
import { AppDocument, type Place } from '../ui/layout.js';
import { ViewerProvider } from '../ui/viewer.js';
import type { Room } from './desk.js';

export function roomFrame(
  room: Room,
  { title, place, drill = false }: { title: string; place: Place | null; drill?: boolean | string },
  children: ReactNode,
): ReactElement {
  const organisation = room.snapshot.get('Organisation', 'default')?.spec.displayName;
  return (
    <ViewerProvider value={room.viewing}>
      <AppDocument
        title={organisation === undefined ? title : `${title} · ${organisation}`}
        frame={room.frame}
        place={place}
        drill={drill}
      >
        {children}
      </AppDocument>
    </ViewerProvider>
  );
}
