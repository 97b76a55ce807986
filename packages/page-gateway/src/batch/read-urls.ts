// The URLs of a batch from its file: a URL a line, CSV, or JSON lines. A line that holds no URL is named, never passed over in
// silence.

export type Layout = 'lines' | 'csv' | 'jsonl';

export interface Found {
  readonly urls: readonly string[];
  /** What could not be read, with its line. */
  readonly bad: readonly string[];
}

export function layoutOf(file: string, text: string): Layout {
  if (/\.csv$/i.test(file)) return 'csv';
  if (/\.(jsonl|ndjson)$/i.test(file)) return 'jsonl';
  return /^\s*["{]/.test(text) ? 'jsonl' : 'lines';
}

export function readUrls(text: string, layout: Layout): Found {
  const rows = layout === 'csv' ? fromCsv(text) : fromLines(text, layout);
  const urls: string[] = [];
  const bad: string[] = [];
  for (const [line, value] of rows) {
    const url = value === undefined ? undefined : httpUrl(value);
    if (url !== undefined) urls.push(url);
    else bad.push(`line ${line}: expected an http or https URL${value === undefined ? '' : `, got ${shown(value)}`}`);
  }
  return { urls, bad };
}

type Row = readonly [line: number, value: string | undefined];

function* fromLines(text: string, layout: 'lines' | 'jsonl'): Generator<Row> {
  for (const [index, raw] of withoutMark(text)
    .split(/\r\n|\n|\r/)
    .entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    yield [index + 1, layout === 'lines' ? line : urlOfJson(line)];
  }
}

/** A string, or the member `url` of an object. */
function urlOfJson(line: string): string | undefined {
  try {
    const value = JSON.parse(line) as unknown;
    if (typeof value === 'string') return value;
    const { url } = (value ?? {}) as { url?: unknown };
    return typeof url === 'string' ? url : undefined;
  } catch {
    return undefined;
  }
}

/** The column that is called `url`; without such a head, the first one. */
function* fromCsv(text: string): Generator<Row> {
  let column: number | undefined;
  for (const { line, cells } of csvRows(withoutMark(text))) {
    if (cells.every((cell) => cell.trim() === '')) continue;
    if (column === undefined) {
      const named = cells.findIndex((cell) => cell.trim().toLowerCase() === 'url');
      column = Math.max(0, named);
      if (named >= 0) continue;
    }
    yield [line, cells[column]?.trim()];
  }
}

/** RFC 4180: cells in quotes may hold commas, line breaks and doubled quotes. */
function* csvRows(text: string): Generator<{ line: number; cells: string[] }> {
  const cell = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r\n|\n|\r|$)/gy;
  let cells: string[] = [];
  let line = 1;
  let started = 1;
  while (cell.lastIndex < text.length) {
    // Whatever is no cell in quotes is a plain one, so there is always a match.
    const [whole, quoted, plain, end] = cell.exec(text)!;
    cells.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
    line += whole.split(/\r\n|\n|\r/).length - 1;
    if (end !== ',') {
      yield { line: started, cells };
      cells = [];
      started = line;
    }
  }
  if (cells.length > 0) yield { line: started, cells };
}

function httpUrl(value: string): string | undefined {
  if (!URL.canParse(value)) return undefined;
  const url = new URL(value);
  url.hash = '';
  return /^https?:$/.test(url.protocol) ? url.href : undefined;
}

function shown(value: string): string {
  return /[@?]/.test(value) ? 'something else' : JSON.stringify(value.slice(0, 80));
}

function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, '');
}
