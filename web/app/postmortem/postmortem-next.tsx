/** The next thing to do with a post-mortem, as a notice. */
import { mayDo } from '../../../domain/access/permissions.js';
import { isRequested } from '../../../domain/postmortem/quorum.js';
import type { PostmortemReply } from '../../../services/postmortem/postmortems.service.js';
import { Hidden, TextField } from '../../ui/fields.js';
import { Notice } from '../../ui/notice.js';
import { sectionTitles } from '../../ui/postmortem-parts.js';
import type { PageContext } from '../page-contexts.js';

export function PostmortemNext({
  context,
  postmortem,
}: {
  context: PageContext;
  postmortem: PostmortemReply;
}) {
  const { status, missing, incident } = postmortem;
  if (postmortem.kind === 'digest' && incident.status === 'resolved')
    return <InDigest context={context} incident={incident} />;
  switch (status) {
    case 'none':
      return (
        <Notice tone="info" title="Not drafted yet">
          <p>
            {incident.status === 'resolved'
              ? 'The draft is being made from the record; reload in a moment.'
              : `It is drafted from the record when ${incident.number} is resolved.`}
          </p>
          {incident.status === 'resolved' && mayDo(context.identity.role, 'postmortem.write') ? (
            <form method="post" action={`/incidents/${incident.number}/postmortem`}>
              <Hidden fields={{ csrf: context.frame.csrf }} />
              <button type="submit" name="decision" value="save">
                Draft now
              </button>
            </form>
          ) : null}
        </Notice>
      );
    case 'draft':
      return missing.length === 0 ? (
        <Notice tone="info" title="Everything required is written: submit it for review." />
      ) : (
        <Notice tone="warn" title="Still to be written">
          <p>{missing.map((name) => sectionTitles[name].title).join(', ')}</p>
        </Notice>
      );
    case 'changes_requested':
      return (
        <Notice tone="warn" title="A reviewer requested changes">
          <p>Change the text and submit it again. The reviewers are asked again and see what changed.</p>
        </Notice>
      );
    case 'in_review': {
      const waiting = postmortem.reviews.filter(
        (review) => isRequested(review) && review.decision === 'pending',
      ).length;
      return (
        <Notice
          tone="info"
          title={`In review: ${waiting} of ${postmortem.reviews.length} have not answered`}
        />
      );
    }
    case 'approved':
      return <Notice tone="good" title="Approved: the incident is closed." />;
    case 'waived':
      return <Notice tone="info" title="Waived: the incident was closed without one." />;
  }
}

/** Reviewed with the other small incidents of its team, unless somebody pulls it out. */
function InDigest({ context, incident }: { context: PageContext; incident: PostmortemReply['incident'] }) {
  return (
    <Notice tone="info" title="Reviewed in the digest of its team">
      <p>
        <a href="/reviews">Reviews</a> says when the digest is due.
      </p>
      {mayDo(context.identity.role, 'postmortem.write') ? (
        <form method="post" action={`/incidents/${incident.number}/postmortem/pull-out`}>
          <Hidden fields={{ csrf: context.frame.csrf, kind: 'light' }} />
          <TextField name="reason" label="Why it needs a post-mortem of its own" required />
          <button type="submit">Pull out</button>
        </form>
      ) : null}
    </Notice>
  );
}
