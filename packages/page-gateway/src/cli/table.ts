// Rows under heads, in columns that are as wide as they must be; plain text that other programs can cut.

export function drawTable(heads: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const all = [heads, ...rows];
  const widths = heads.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return `${all.map(line).join('\n')}\n`;
}
