// Draws the composer's text under the real (transparent) text field: commands and options as pills, letter for letter in
// the same places. Purely for the eye.
import { descriptionIn } from './leaves.js';
import type { Composer } from './use-composer.js';

export function Mirror({ composer }: { readonly composer: Composer }) {
  const { line, draft } = composer;
  const { text } = draft;
  if (line.kind !== 'command') {
    return (
      <div class="mirror" aria-hidden="true">
        {line.kind === 'naming' ? <span class="mirror-head">{text}</span> : text}
        {'\u200b'}
      </div>
    );
  }
  const parts: preact.ComponentChild[] = [
    <span key="head" class="mirror-head">
      {text.slice(0, line.headEnd)}
    </span>,
  ];
  let from = line.headEnd;
  for (const span of line.spans) {
    const wrong = showsProblem(composer, span.option.name);
    const kind = `pill${span === composer.span ? ' pill-active' : ''}${wrong ? ' pill-wrong' : ''}`;
    const valueEnd = span.valueAt + text.slice(span.valueAt, span.end).trimEnd().length;
    parts.push(
      text.slice(from, span.start),
      <span key={span.option.name} class={kind}>
        <span class="pill-name">{text.slice(span.start, span.valueAt)}</span>
        <span class="pill-value">{text.slice(span.valueAt, valueEnd)}</span>
      </span>,
    );
    from = valueEnd;
  }
  parts.push(text.slice(from));
  const last = line.spans.at(-1);
  return (
    <div class="mirror" aria-hidden="true">
      {parts}
      {last?.value === '' && last.end === text.length && (
        <span class="mirror-ghost"> {descriptionIn(last.option, composer.locale)}</span>
      )}
      {'\u200b'}
    </div>
  );
}

/** A mistake is shown when the user has left the option or has tried to send; an empty value only then. */
export function showsProblem(composer: Composer, name: string): boolean {
  const { problems, tried, span, line } = composer;
  if (!problems.has(name)) return false;
  if (tried) return true;
  const own = line.kind === 'command' ? line.spans.find((each) => each.option.name === name) : undefined;
  return own !== undefined && own !== span && own.value !== '';
}
