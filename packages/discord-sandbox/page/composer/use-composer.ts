// The composer's state and what its keys do: one text, one caret, and everything else read from them.
import { useMemo, useRef, useState } from 'preact/hooks';
import { commandsAt } from '../state/model.js';
import { useStore } from '../state/store.js';
import { afterTyping, chooseLeaf, type Draft, eraseOption, fillSpan, openOption } from './edits.js';
import { History } from './history.js';
import { leavesOf } from './leaves.js';
import { adopted, missing, readLine, type Span, spanAt } from './line.js';
import type { People } from './people.js';
import { type Item, offerFor } from './suggestions.js';
import { useSuggestions } from './use-suggestions.js';
import { check, type Picked, type Picks } from './values.js';

const history = new History();
/** What was left unsent in each channel. */
const kept = new Map<string, string>();
const noPicks: Picks = new Map();

export interface Composing {
  readonly draft: Draft;
  readonly active: number;
  readonly hidden: boolean;
  readonly tried: boolean;
  readonly picks: Picks;
}

export function useComposer(channel: string) {
  const [state, setState] = useState<Composing>(() => fresh(kept.get(channel) ?? ''));
  const latest = useRef(state);
  latest.current = state;
  const commands = useStore((each) => each.commands);
  const place = useStore((each) => each.place);
  const locale = useStore((each) => each.locale);
  const users = useStore((each) => each.users);
  const bot = useStore((each) => each.bot.user);
  const guilds = useStore((each) => each.guilds);
  const leaves = useMemo(() => leavesOf(commandsAt({ commands, place }), locale), [commands, place, locale]);
  const people = useMemo<People>(
    () => ({ users: bot ? [...users, bot] : users, guild: guilds.find((guild) => guild.id === place?.guild) }),
    [users, bot, guilds, place],
  );
  const { text, caret } = state.draft;
  const line = useMemo(() => readLine(text, leaves, locale), [text, leaves, locale]);
  const checked = useMemo(
    () => (line.kind === 'command' ? check(line, state.picks, people, locale) : undefined),
    [line, state.picks, people, locale],
  );
  const span = spanAt(line, caret);
  const recalled = history.shows(text);
  const asking =
    line.kind === 'command' &&
    span &&
    'autocomplete' in span.option &&
    span.option.autocomplete &&
    !recalled &&
    !state.hidden
      ? {
          channel,
          name: line.leaf.name,
          focused: span.option.name,
          typed: span.value,
          options: othersOf(checked!.values, span),
        }
      : undefined;
  const fromBot = useSuggestions(asking);
  const offer = offerFor({ text, caret, line, leaves, people, fromBot, locale });
  const open = !state.hidden && !recalled && line.kind !== 'text';

  const set = (change: Partial<Composing>): void => {
    const next = { ...latest.current, ...change };
    latest.current = next;
    kept.set(channel, next.draft.text);
    setState(next);
  };
  const write = (draft: Draft, picks = latest.current.picks): void =>
    set({
      draft,
      picks: draft.text === '' ? noPicks : picks,
      active: -1,
      hidden: false,
      tried: draft.text === '' ? false : latest.current.tried,
    });

  const typed = (draft: Draft): void => {
    const next = afterTyping(draft, latest.current.draft.text, readLine(draft.text, leaves, locale), locale);
    write(next);
  };
  const accept = (item: Item): void => {
    const { draft } = latest.current;
    if (item.kind === 'command') write(chooseLeaf(item.leaf, locale));
    else if (item.kind === 'option') write(openOption(draft, item.option, locale));
    else if (line.kind === 'command' && span) pick(span, { text: item.name, value: item.value });
  };
  const pick = (target: Span, picked: Picked): void => {
    if (line.kind !== 'command') return;
    const picks = new Map(latest.current.picks).set(target.option.name, picked);
    write(fillSpan(latest.current.draft, line, target, picked.text, locale), picks);
  };
  const recall = (by: -1 | 1): boolean => {
    const found = history.step(by, latest.current.draft.text);
    if (found !== undefined) set({ draft: { text: found, caret: found.length }, active: -1, tried: false });
    return found !== undefined;
  };
  /** Reads the line as it would be sent; shows what is wrong with it where something is. */
  const finish = () => {
    const whole = adopted(line, latest.current.draft.text, locale);
    const read = readLine(whole, leaves, locale);
    if (read.kind !== 'command') return undefined;
    const result = check(read, latest.current.picks, people, locale);
    if (result.problems.size === 0) return { name: read.leaf.name, values: result.values, text: whole };
    const [wrong] = result.problems.keys();
    const at = read.spans.find((each) => each.option.name === wrong);
    const next = missing(read).find((option) => option.name === wrong);
    const draft = at
      ? { text: whole, caret: at.end }
      : next
        ? openOption({ text: whole, caret: 0 }, next, locale)
        : state.draft;
    set({ draft, tried: true, active: -1, hidden: false });
    return undefined;
  };

  return {
    ...state,
    line,
    span,
    leaves,
    locale,
    offer,
    open,
    problems: checked?.problems ?? new Map<string, string>(),
    set,
    write,
    typed,
    accept,
    pick,
    recall,
    finish,
    erase: (): boolean => {
      const next = eraseOption(latest.current.draft, line);
      if (next) write(next);
      return next !== undefined;
    },
    sent: (whole: string): void => {
      if (whole.trim() !== '') history.add(whole);
      set({ ...fresh('') });
    },
    restore: (whole: string): void => {
      if (latest.current.draft.text === '') write({ text: whole, caret: whole.length });
    },
  };
}

export type Composer = ReturnType<typeof useComposer>;

function fresh(text: string): Composing {
  return { draft: { text, caret: text.length }, active: -1, hidden: false, tried: false, picks: noPicks };
}

function othersOf(values: Readonly<Record<string, unknown>>, span: Span): Record<string, string | number | boolean> {
  const plain = Object.entries(values).filter(([name, value]) => name !== span.option.name && !(value instanceof File));
  return Object.fromEntries(plain) as Record<string, string | number | boolean>;
}
