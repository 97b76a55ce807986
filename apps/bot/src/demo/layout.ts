/** The HTML around every page of the demo web: one plain, readable look in light and dark. It escapes whatever it is given as text. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

const style = `
:root { color-scheme: light dark; --ink: #1f2430; --soft: #5b6475; --paper: #fbfaf7; --card: #fff; --line: #e4e0d7; --accent: #3457d5 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e9ee; --soft: #a3a9b8; --paper: #16181d; --card: #1f2229; --line: #32363f; --accent: #93a8ff }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 17px/1.6 system-ui, sans-serif }
main { max-width: 46rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .5rem } h2 { font-size: 1.15rem; margin: 2.5rem 0 .75rem }
a { color: var(--accent); text-underline-offset: .15em } .lead { color: var(--soft); font-size: 1.1rem; margin: 0 0 1.5rem }
img { width: 100%; height: auto; border-radius: 12px; display: block; margin: 0 0 1.5rem }
ul.list { list-style: none; margin: 0; padding: 0; border: 1px solid var(--line); border-radius: 12px; background: var(--card) }
a { overflow-wrap: anywhere }
ul.list li { padding: .7rem 1rem; border-top: 1px solid var(--line) } ul.list li:first-child { border-top: 0 }
ul.list span { display: block; color: var(--soft); font-size: .92rem }
code { font: .88em/1.4 ui-monospace, monospace; overflow-wrap: anywhere }
footer { margin-top: 3rem; color: var(--soft); font-size: .92rem }`;

export interface PageText {
  readonly title: string;
  readonly description: string;
  /** Trusted HTML made here; anything fetched or typed is escaped before it gets in. */
  readonly body: string;
  readonly head?: string;
}

export function htmlPage({ title, description, body, head = '' }: PageText): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<meta name="description" content="${escapeHtml(description)}">
${head}<style>${style}</style></head>
<body><main>${body}</main></body></html>
`;
}
