/** Decisions about a post-mortem: a review, or a reason for waiving it. */
import { mayDo } from '../../../domain/access/permissions.js';
import type { PostmortemReply } from '../../../services/postmortem/postmortems.service.js';
import { Hidden, TextArea } from '../../ui/fields.js';
import type { PageContext } from '../page-contexts.js';

export function ReviewForm({ context, postmortem }: { context: PageContext; postmortem: PostmortemReply }) {
  const { person } = context.identity;
  const mine = postmortem.reviews.find((review) => review.person === person);
  if (mine === undefined || mine.decision === 'delegate' || postmortem.status !== 'in_review') return null;
  return (
    <form method="post" action={`/incidents/${postmortem.incident.number}/postmortem/reviews`}>
      <Hidden fields={{ csrf: context.frame.csrf, revision: String(postmortem.revision) }} />
      <TextArea
        name="comment"
        label="Your review"
        hint="Required to request changes: what has to change?"
        rows={3}
      />
      <p className="row">
        {person === postmortem.author ? null : (
          <button className="main" type="submit" name="decision" value="approve">
            Approve
          </button>
        )}
        <button type="submit" name="decision" value="request_changes">
          Request changes
        </button>
      </p>
    </form>
  );
}

export function Waiver({
  context,
  postmortem,
  position,
}: {
  context: PageContext;
  postmortem: PostmortemReply;
  position: string;
}) {
  const { status, incident } = postmortem;
  if (
    !mayDo(context.identity.role, 'postmortem.waive') ||
    incident.status !== 'resolved' ||
    status === 'approved' ||
    status === 'waived'
  )
    return null;
  return (
    <details className="card">
      <summary>Waive the post-mortem</summary>
      <form method="post" action={`/incidents/${incident.number}/postmortem/waive`}>
        <Hidden fields={{ csrf: context.frame.csrf, position }} />
        <TextArea
          name="reason"
          label="Reason for waiving"
          hint="Why is no post-mortem needed? Recorded with your name."
          rows={3}
        />
        <p>
          <button className="danger" type="submit">
            Waive and close
          </button>
        </p>
      </form>
    </details>
  );
}
