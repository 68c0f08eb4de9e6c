/** Lists and ends sessions, for the REST routes and the pages. An ended session loses its live streams at once. */
import { Injectable } from '@nestjs/common';
import { type OpenSession, SessionStore } from '../../db/access/session-store.js';
import type { Actor } from '../../domain/incident/state.js';
import { OpenStreams } from './open-streams.js';

export type { OpenSession } from '../../db/access/session-store.js';

@Injectable()
export class SessionsService {
  constructor(
    private readonly sessions: SessionStore,
    private readonly streams: OpenStreams,
  ) {}

  list(person: string): Promise<OpenSession[]> {
    return this.sessions.list(person);
  }

  /** One session, all but one, or all. Returns how many were ended. */
  async end(person: string, which: { id?: string; except?: string }, actor: Actor): Promise<number> {
    const ended = await this.sessions.end(person, which, actor);
    await this.streams.recheckOf(person);
    return ended;
  }
}
