/** States as words with a mark; colour only repeats the word. */
import type { Priority } from '../../domain/config/terms.js';
import type { IncidentState, IncidentStatus, PostmortemStatus } from '../../domain/incident/state.js';
import type { ReviewKind } from '../../domain/postmortem/review-kind.js';
import { titlesOf, useViewer } from './viewer.js';

const statusWords: Readonly<Record<IncidentStatus, { word: string; mark: string; tone: string }>> = {
  triggered: { word: 'Triggered', mark: '▲', tone: 'bad' },
  acknowledged: { word: 'Acknowledged', mark: '●', tone: 'warn' },
  resolved: { word: 'Resolved', mark: '✓', tone: 'good' },
  closed: { word: 'Closed', mark: '■', tone: '' },
};

export function Badge({ word, mark, tone }: { word: string; mark: string; tone: string }) {
  return (
    <span className={`tag ${tone}`}>
      <span aria-hidden="true">{mark}</span>
      {word}
    </span>
  );
}

/** An acknowledged incident still pages a team that must acknowledge by itself; the badge names it. */
export function StatusBadge({ incident }: { incident: Pick<IncidentState, 'status' | 'escalations'> }) {
  const { names } = useViewer();
  const { status } = incident;
  const waitsFor = unansweredTeams(incident);
  if (waitsFor.length === 0) return <Badge {...statusWords[status]} />;
  return (
    <Badge
      word={`${statusWords[status].word}, not by ${titlesOf('Team', waitsFor, names)}`}
      mark="▲"
      tone="bad"
    />
  );
}

/** Teams that must acknowledge and have not, while another team has the incident. */
const unansweredTeams = ({ status, escalations }: Pick<IncidentState, 'status' | 'escalations'>): string[] =>
  status === 'acknowledged'
    ? escalations.filter(({ required, phase }) => required && phase !== 'answered').map(({ team }) => team)
    : [];

export const PriorityBadge = ({ priority }: { priority: Priority }) => (
  <span className={`tag ${priority.toLowerCase()}`}>{priority}</span>
);

export const DrillBadge = () => <span className="tag drill">DRILL</span>;

const postmortemWords: Readonly<Record<PostmortemStatus, { word: string; mark: string; tone: string }>> = {
  none: { word: 'Not started', mark: '○', tone: '' },
  draft: { word: 'Draft', mark: '✎', tone: 'warn' },
  in_review: { word: 'In review', mark: '●', tone: 'warn' },
  changes_requested: { word: 'Changes requested', mark: '▲', tone: 'bad' },
  approved: { word: 'Approved', mark: '✓', tone: 'good' },
  waived: { word: 'Waived', mark: '■', tone: '' },
};

/** `kind`: an incident whose review is a digest has no post-mortem of its own. */
export const PostmortemBadge = ({ status, kind }: { status: PostmortemStatus; kind?: ReviewKind }) =>
  kind === 'digest' && status === 'none' ? (
    <Badge word="Waits for the digest" mark="○" tone="" />
  ) : (
    <Badge {...postmortemWords[status]} />
  );

const stateTones: Readonly<Record<string, { mark: string; tone: string }>> = {
  succeeded: { mark: '✓', tone: 'good' },
  approved: { mark: '✓', tone: 'good' },
  approve: { mark: '✓', tone: 'good' },
  delivered: { mark: '✓', tone: 'good' },
  accepted: { mark: '✓', tone: 'good' },
  finished: { mark: '✓', tone: 'good' },
  failed: { mark: '✗', tone: 'bad' },
  rejected: { mark: '✗', tone: 'bad' },
  request_changes: { mark: '▲', tone: 'bad' },
  exhausted: { mark: '✗', tone: 'bad' },
  timed_out: { mark: '✗', tone: 'bad' },
  aborted: { mark: '■', tone: 'bad' },
  waiting: { mark: '●', tone: 'warn' },
  running: { mark: '●', tone: 'warn' },
  sending: { mark: '●', tone: 'warn' },
  planned: { mark: '○', tone: 'warn' },
};

/** The state of a step, run, delivery, approval or review, in its own word. */
export function StateBadge({ state }: { state: string }) {
  const known = Object.hasOwn(stateTones, state) ? stateTones[state] : undefined;
  return <Badge word={state.replaceAll('_', ' ')} mark={known?.mark ?? '○'} tone={known?.tone ?? ''} />;
}
