// When two definitions of a command are the same to Discord: what it adds by itself (ids, versions, defaults, nulls) is
// no difference. Pure functions over plain data.

type Data = Record<string, unknown>;

const texts = ['name', 'description', 'min_value', 'max_value', 'min_length', 'max_length', 'value'] as const;
const localizations = ['name_localizations', 'description_localizations'] as const;
const switches = ['required', 'autocomplete', 'nsfw'] as const;

/** Whether Discord has exactly these commands; their order does not matter. */
export function sameCommands(wanted: readonly object[], existing: readonly object[]): boolean {
  return (
    wanted.length === existing.length &&
    JSON.stringify(shapes(wanted, wanted)) === JSON.stringify(shapes(existing, wanted))
  );
}

function shapes(commands: readonly object[], wanted: readonly object[]): Data[] {
  const asked = new Map(wanted.map((command) => [keyOf(command as Data), command as Data]));
  return commands
    .map((command) => commandShape(command as Data, asked.get(keyOf(command as Data)) ?? {}))
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf(command: Data): string {
  return `${command.type ?? 1} ${String(command.name)}`;
}

function commandShape(command: Data, asked: Data): Data {
  const permissions = command.default_member_permissions;
  return defined({
    ...optionShape({ ...command, type: command.type ?? 1 }),
    permissions: permissions === null || permissions === undefined ? undefined : String(permissions),
    contexts: listShape(command.contexts, [0, 1, 2]),
    // Without a wish of ours Discord fills in where the application may be installed: no difference.
    integrations: asked.integration_types ? listShape(command.integration_types, []) : undefined,
    dm: asked.dm_permission === false || command.dm_permission === false ? command.dm_permission : undefined,
  });
}

function optionShape(option: Data): Data {
  const shape: Data = { type: option.type };
  for (const key of texts) shape[key] = option[key] ?? undefined;
  for (const key of switches) shape[key] = option[key] === true ? true : undefined;
  for (const key of localizations) shape[key] = sortedEntries(option[key]);
  shape.channels = listShape(option.channel_types, []);
  for (const key of ['choices', 'options'] as const) {
    const list = option[key] as Data[] | undefined;
    if (list?.length) shape[key] = list.map(optionShape);
  }
  return defined(shape);
}

function listShape(value: unknown, everything: readonly number[]): unknown {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const sorted = [...(value as number[])].sort((a, b) => a - b);
  return String(sorted) === String(everything) ? undefined : sorted;
}

function sortedEntries(value: unknown): unknown {
  const entries = Object.entries((value as Data | null | undefined) ?? {}).filter(([, text]) => text !== null);
  return entries.length === 0 ? undefined : entries.sort(([a], [b]) => (a < b ? -1 : 1));
}

function defined(data: Data): Data {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
}
