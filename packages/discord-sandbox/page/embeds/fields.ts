// Which fields of an embed stand side by side: up to three inline ones in a row, two where a picture takes the corner.
export function rowsOf<T extends { readonly inline?: boolean }>(fields: readonly T[], most = 3): T[][] {
  const rows: T[][] = [];
  let open = false;
  for (const field of fields) {
    const last = rows.at(-1);
    if (field.inline === true && open && last && last.length < most) last.push(field);
    else rows.push([field]);
    open = field.inline === true;
  }
  return rows;
}
