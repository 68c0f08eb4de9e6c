/** How a sender of each format is pointed at its source: what to paste where, and what the first evening looks like. */
import type { SourceFormat } from './source-spec.js';

interface WiringStep {
  text: string;
  /** To paste as it is. */
  code?: string;
}

export interface Wiring {
  /** The system that sends, as people call it. */
  sender: string;
  steps: WiringStep[];
  firstEvening: string;
}

/** `url`: of Tocsin, without a slash at its end. `key`: the ingest key, or a word that stands for it. */
export function wiringOf(format: SourceFormat, url: string, key: string): Wiring {
  const address = `${url}/in/${key}`;
  switch (format) {
    case 'alertmanager':
      return {
        sender: 'Alertmanager',
        steps: [
          {
            text: 'Add the receiver to alertmanager.yml, and send the routes that should page to it. send_resolved is the default and is needed: it closes incidents by themselves.',
            code: `receivers:\n  - name: tocsin\n    webhook_configs:\n      - url: '${address}'\n        max_alerts: 0\nroute:\n  receiver: tocsin\n  group_by: [alertname, cluster]\n  group_wait: 10s\n  repeat_interval: 4h`,
          },
          {
            text: 'Check it and load it.',
            code: 'amtool check-config alertmanager.yml\nkill -HUP $(pidof alertmanager)',
          },
          {
            text: 'Try it: an alert that ends after five minutes.',
            code: `amtool alert add TocsinTest severity=warning --annotation=summary='Test of the way to Tocsin' --alertmanager.url=http://localhost:9093`,
          },
        ],
        firstEvening:
          'Alertmanager sends all that fires at once, 80 alerts are usual. Those of one group key are one incident and one page; the others are grouped by service and alertname. What is known and may wait is silenced from its incident in two taps. Watchdog alerts that always fire belong to a source with quietAfter.',
      };
    case 'grafana':
      return {
        sender: 'Grafana',
        steps: [
          {
            text: 'Alerting → Contact points → Add: integration Webhook, this address, method POST. Leave "Disable resolved message" off.',
            code: address,
          },
          { text: 'Press Test in Grafana: its test alert opens an incident here, and its end resolves it.' },
          {
            text: 'Notification policies: make it the contact point of the default policy, or of the folders that page.',
          },
        ],
        firstEvening:
          'Rules without data come as "No data: …" with the label grafana_state. Give them their own route or a PriorityRules rule, before a restart of a data source pages for each rule. Alerts of one notification group are one incident.',
      };
    case 'pagerduty-v2':
      return {
        sender: 'anything that speaks PagerDuty Events v2',
        steps: [
          {
            text: 'Replace https://events.pagerduty.com by this address, and the integration or routing key by the key of this source.',
            code: `${url}/v2/enqueue\n${key}`,
          },
          {
            text: 'Try it.',
            code: `curl -X POST ${url}/v2/enqueue -H 'content-type: application/json' -d '{"routing_key":"${key}","event_action":"trigger","dedup_key":"tocsin-test","payload":{"summary":"Test of the way to Tocsin","source":"test","severity":"warning"}}'`,
          },
          {
            text: 'And end it.',
            code: `curl -X POST ${url}/v2/enqueue -H 'content-type: application/json' -d '{"routing_key":"${key}","event_action":"resolve","dedup_key":"tocsin-test"}'`,
          },
        ],
        firstEvening:
          'Events of one class and group are one incident. A sender that acknowledges is believed (acknowledge: false turns that off). Senders that never resolve leave incidents open until a person resolves them. The official Node and Python clients insist on https.',
      };
    case 'generic':
      return {
        sender: 'scripts and everything else that posts JSON',
        steps: [
          {
            text: 'Try it.',
            code: `curl -X POST ${address} -H 'content-type: application/json' -d '{"title":"Test of the way to Tocsin","severity":"warning","dedupKey":"tocsin-test"}'`,
          },
          {
            text: 'And end it: the same dedupKey.',
            code: `curl -X POST ${address} -H 'content-type: application/json' -d '{"dedupKey":"tocsin-test","action":"resolve"}'`,
          },
        ],
        firstEvening:
          'Alerts with equal titles, numbers aside, are one incident. Send a dedupKey with each condition, and a resolve when it is over; without a resolve an incident stays open until a person resolves it.',
      };
    case 'heartbeat':
      return {
        sender: 'a job that pings',
        steps: [
          {
            text: 'Let the job ping with its exit status. Nothing is expected before the first ping.',
            code: `backup.sh; curl -fsS --retry 3 ${url}/ping/${key}/$?`,
          },
        ],
        firstEvening:
          'Nothing pages until the job has pinged once; from then on it is late as the document says.',
      };
  }
}
