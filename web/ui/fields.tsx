/** Form fields with label, hint and error linked by id. */
import type { ReactNode } from 'react';

interface FieldProps {
  name: string;
  label: string;
  hint?: string;
  error?: string | undefined;
  value?: string;
  required?: boolean;
  /** Distinguishes fields of the same name on one page. */
  id?: string;
}

const describedBy = (id: string, hint: string | undefined, error: string | undefined): string | undefined => {
  const ids = [
    ...(hint === undefined ? [] : [`${id}-hint`]),
    ...(error === undefined ? [] : [`${id}-error`]),
  ];
  return ids.length === 0 ? undefined : ids.join(' ');
};

function Label({
  id,
  label,
  hint,
  error,
}: {
  id: string;
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
}) {
  return (
    <>
      <label htmlFor={id}>{label}</label>
      {hint === undefined ? null : (
        <span className="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {error === undefined ? null : (
        <p className="error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </>
  );
}

export function TextField({
  name,
  label,
  hint,
  error,
  value = '',
  required = false,
  id = name,
  type = 'text',
  autoComplete = 'off',
  pattern,
  list,
}: FieldProps & {
  type?: 'text' | 'email' | 'date' | 'datetime-local';
  autoComplete?: string;
  pattern?: string;
  /** Id of a datalist with suggestions. */
  list?: string;
}) {
  return (
    <div>
      <Label id={id} label={label} hint={hint} error={error} />
      <input
        id={id}
        name={name}
        type={type}
        defaultValue={value}
        required={required}
        autoComplete={autoComplete}
        pattern={pattern}
        list={list}
        aria-describedby={describedBy(id, hint, error)}
        aria-invalid={error === undefined ? undefined : true}
      />
    </div>
  );
}

export function TextArea({
  name,
  label,
  hint,
  error,
  value = '',
  id = name,
  rows,
}: FieldProps & { rows?: number }) {
  return (
    <div>
      <Label id={id} label={label} hint={hint} error={error} />
      <textarea
        id={id}
        name={name}
        rows={rows}
        defaultValue={value}
        aria-describedby={describedBy(id, hint, error)}
        aria-invalid={error === undefined ? undefined : true}
      />
    </div>
  );
}

export interface Choice {
  value: string;
  text: string;
}

export function SelectField({
  name,
  label,
  hint,
  error,
  value = '',
  id = name,
  choices,
}: FieldProps & { choices: readonly Choice[] }) {
  return (
    <div>
      <Label id={id} label={label} hint={hint} error={error} />
      <select
        id={id}
        name={name}
        defaultValue={value}
        aria-describedby={describedBy(id, hint, error)}
        aria-invalid={error === undefined ? undefined : true}
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.text}
          </option>
        ))}
      </select>
    </div>
  );
}

export const Hidden = ({ fields }: { fields: Readonly<Record<string, string>> }) => (
  <>
    {Object.entries(fields).map(([name, value]) => (
      <input key={name} type="hidden" name={name} value={value} />
    ))}
  </>
);

/** `wide`: two pairs beside each other on wide screens. */
export const Facts = ({
  wide = false,
  items,
}: {
  wide?: boolean;
  items: readonly (readonly [string, ReactNode] | null)[];
}) => (
  <dl className={wide ? 'wide-facts' : undefined}>
    {items.flatMap((item) =>
      item === null ? [] : [<dt key={`${item[0]}-t`}>{item[0]}</dt>, <dd key={`${item[0]}-d`}>{item[1]}</dd>],
    )}
  </dl>
);
