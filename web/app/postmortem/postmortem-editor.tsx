/** The text of a post-mortem in a form: its sections and its action items. */
import { requiredSections } from '../../../domain/postmortem/required-sections.js';
import { type SectionName, SECTIONS } from '../../../domain/postmortem/sections.js';
import type { PostmortemReply } from '../../../services/postmortem/postmortems.service.js';
import { Hidden, SelectField, TextArea, TextField } from '../../ui/fields.js';
import { sectionTitles } from '../../ui/postmortem-parts.js';
import type { PageContext } from '../page-contexts.js';
import { type ItemFields, keptItems, type TypedPostmortem } from './postmortem-form.js';

const EMPTY_ROWS = 2;

interface Props {
  context: PageContext;
  postmortem: PostmortemReply;
  typed: TypedPostmortem | null;
}

export function PostmortemEditor({ context, postmortem, typed }: Props) {
  const required: readonly SectionName[] = requiredSections(postmortem.kind);
  const rows = (name: SectionName): number =>
    Math.min(14, Math.max(3, (typed?.sections[name] ?? postmortem.sections[name]).split('\n').length + 1));
  return (
    <form method="post" action={`/incidents/${postmortem.incident.number}/postmortem`}>
      <Hidden fields={{ csrf: context.frame.csrf, revision: String(postmortem.revision) }} />
      <section className="card" aria-labelledby="sections">
        <h2 id="sections">Text</h2>
        <p className="soft small">
          Markdown. {postmortem.status === 'in_review' ? 'Saving a change voids the approvals so far.' : null}
        </p>
        {SECTIONS.map((name) => (
          <TextArea
            key={name}
            name={name}
            label={`${sectionTitles[name].title}${required.includes(name) ? '' : ' (optional)'}`}
            hint={sectionTitles[name].hint}
            error={
              postmortem.missing.includes(name) &&
              typed !== null &&
              (typed.sections[name] ?? '').trim() === ''
                ? 'Still missing.'
                : undefined
            }
            value={typed?.sections[name] ?? postmortem.sections[name]}
            rows={rows(name)}
          />
        ))}
      </section>
      <Items context={context} postmortem={postmortem} typed={typed} />
      <p className="row">
        <button className="main" type="submit" name="decision" value="save">
          Save
        </button>
        {postmortem.status === 'in_review' ? null : (
          <button type="submit" name="decision" value="submit">
            Save and submit for review
          </button>
        )}
      </p>
    </form>
  );
}

function Items({ context, postmortem, typed }: Props) {
  const empty = Array.from({ length: EMPTY_ROWS }, (): ItemFields => ({
    id: '',
    title: '',
    owner: '',
    due: '',
    url: '',
  }));
  const items = [...(typed?.items ?? keptItems(postmortem.actionItems)), ...empty];
  const people = [
    { value: '', text: 'Nobody yet' },
    ...context.snapshot.list('Person').map(({ name, spec }) => ({ value: name, text: spec.displayName })),
  ];
  return (
    <section className="card" aria-labelledby="items">
      <h2 id="items">Action items</h2>
      <p className="soft small">
        What will be done so that this does not happen again. To remove an item, clear its title.
      </p>
      {items.map((item, index) => (
        <fieldset key={item.id === '' ? `new-${index}` : item.id}>
          <legend>{item.id === '' ? 'New item' : `Item ${index + 1}`}</legend>
          <input type="hidden" name="itemId" value={item.id} />
          <TextField name="itemTitle" id={`item-${index}-title`} label="What" value={item.title} />
          <div className="inline">
            <SelectField
              name="itemOwner"
              id={`item-${index}-owner`}
              label="Owner"
              value={item.owner}
              choices={people}
            />
            <TextField name="itemDue" id={`item-${index}-due`} label="By" value={item.due} type="date" />
            <TextField name="itemUrl" id={`item-${index}-url`} label="Tracker link" value={item.url} />
          </div>
        </fieldset>
      ))}
    </section>
  );
}
