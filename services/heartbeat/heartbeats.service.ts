/** Sources that have to be heard from, and the pings of heartbeats. */
import { Injectable } from '@nestjs/common';
import { type HeartbeatItem, HeartbeatView, type ShownPing } from '../../db/heartbeat/heartbeat-view.js';
import { notFound } from '../common/problem.js';

export type { HeartbeatItem, ShownPing } from '../../db/heartbeat/heartbeat-view.js';

@Injectable()
export class HeartbeatsService {
  constructor(private readonly view: HeartbeatView) {}

  list(): Promise<HeartbeatItem[]> {
    return this.view.list();
  }

  /** One with its last pings, newest first; 404 for a source that may be quiet for any time. */
  async get(source: string): Promise<HeartbeatItem & { pings: ShownPing[] }> {
    const item = (await this.view.list()).find((one) => one.source === source);
    if (item === undefined)
      throw notFound(`There is no source ${source.slice(0, 64)} that has to be heard from.`);
    return { ...item, pings: await this.view.pings(source) };
  }
}
