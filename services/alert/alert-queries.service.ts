/** Queries about alerts: the list, and one with everything that was told and decided about it. */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type AlertFilter, type AlertReply, listAlerts } from '../../db/alert/alert-view.js';
import { type AlertDetail, getAlert } from '../../db/alert/one-alert.js';
import type { Page } from '../../db/connection/page.js';
import { notFound } from '../common/problem.js';

export type { AlertReply } from '../../db/alert/alert-view.js';
export type { AlertDetail, AlertTexts } from '../../db/alert/one-alert.js';

@Injectable()
export class AlertQueries {
  constructor(private readonly db: DataSource) {}

  list(filter: AlertFilter): Promise<Page<AlertReply>> {
    return listAlerts(this.db, filter);
  }

  async get(id: string): Promise<AlertDetail> {
    const alert = await getAlert(this.db, id);
    if (alert === null) throw notFound(`There is no alert ${id.slice(0, 64)}.`);
    return alert;
  }
}
