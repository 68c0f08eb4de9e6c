/** A page with a form, used without a browser: hidden fields are sent back unchanged. */
export interface Form {
  readonly status: number;
  readonly html: string;
  /** The visible text: without tags, with blanks collapsed. */
  readonly text: string;
  /** Values of the buttons called `decision`. */
  readonly decisions: readonly string[];
  readonly fields: Readonly<Record<string, string>>;
  /** Posts the form; returns the page it leads to. Throws when there is no such button. */
  press(decision: string, fields?: Record<string, string>): Promise<Form>;
}

export async function openForm(url: string): Promise<Form> {
  return formOf(url, await fetch(url));
}

async function formOf(url: string, response: Response): Promise<Form> {
  const html = await response.text();
  const fields = Object.fromEntries(
    tags(html, 'input')
      .filter((tag) => tag['type'] === 'hidden')
      .map((tag) => [tag['name'] ?? '', tag['value'] ?? '']),
  );
  const decisions = tags(html, 'button')
    .filter((tag) => tag['name'] === 'decision')
    .map((tag) => tag['value'] ?? '');
  return {
    status: response.status,
    html,
    text: html
      .replace(/<style[\s\S]*?<\/style>/g, ' ')
      .replace(/<[^>]*>/g, ' ')
      .replaceAll('&#x27;', "'")
      .replace(/\s+/g, ' '),
    decisions,
    fields,
    async press(decision, more = {}) {
      if (!decisions.includes(decision))
        throw new Error(`${url} has no button "${decision}", only ${decisions.join(', ') || 'none'}`);
      return submit(url, { ...fields, decision, ...more });
    },
  };
}

/** Posts fields like a browser on the api's own page, and follows redirects. */
export async function submit(url: string, fields: Record<string, string>): Promise<Form> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(fields) });
  return formOf(url, response);
}

function tags(html: string, name: string): Record<string, string>[] {
  return [...html.matchAll(new RegExp(`<${name}\\b([^>]*)>`, 'g'))].map(([, attributes = '']) =>
    Object.fromEntries(
      [...attributes.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [
        key,
        unescape(value),
      ]),
    ),
  );
}

const unescape = (text: string): string =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
