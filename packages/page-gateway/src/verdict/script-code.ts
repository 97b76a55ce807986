// The code of an inline script without what it merely quotes: strings, comments and regular expressions become blanks, so
// that an article carried as data in a script is not taken for the script itself. One pass, never backwards.

const expressionMayFollow = new Set('(,=:[!&|?{};+-*%<>~^\n');

/** As long as `script`, so that a place in the one is the same place in the other. */
export function codeOf(script: string): string {
  let code = '';
  let from = 0;
  let at = 0;
  /** The last character that was code and no blank: tells a division from a regular expression. */
  let before = '\n';
  const blank = (end: number) => {
    code += script.slice(from, at) + ' '.repeat(end - at);
    from = end;
    at = end;
  };
  while (at < script.length) {
    const character = script[at] as string;
    if (character === '"' || character === "'" || character === '`') {
      blank(endOfString(script, at, character));
      before = 'x';
    } else if (character === '/' && script[at + 1] === '/') {
      blank(endOf(script, '\n', at));
    } else if (character === '/' && script[at + 1] === '*') {
      blank(endOf(script, '*/', at + 2));
    } else if (character === '/' && expressionMayFollow.has(before)) {
      blank(endOfExpression(script, at));
      before = 'x';
    } else {
      if (character !== ' ' && character !== '\t' && character !== '\r' && character !== '\n') before = character;
      at++;
    }
  }
  return code + script.slice(from);
}

function endOf(script: string, mark: string, from: number): number {
  const found = script.indexOf(mark, from);
  return found < 0 ? script.length : found + mark.length;
}

function endOfString(script: string, start: number, quote: string): number {
  for (let at = start + 1; at < script.length; at++) {
    const character = script[at];
    if (character === '\\') at++;
    else if (character === quote) return at + 1;
    else if (character === '\n' && quote !== '`') return at;
  }
  return script.length;
}

function endOfExpression(script: string, start: number): number {
  let inClass = false;
  for (let at = start + 1; at < script.length; at++) {
    const character = script[at];
    if (character === '\\') at++;
    else if (character === '\n') return at;
    else if (character === '[') inClass = true;
    else if (character === ']') inClass = false;
    else if (character === '/' && !inClass) return at + 1;
  }
  return script.length;
}
