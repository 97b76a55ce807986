// The parameters of a page as flags, made from the table that calls over HTTP are read by.

import type { PageRequest } from '../core/page-request.js';
import { Problem } from '../core/problem.js';
import { readPageRequest } from '../parameters/read.js';
import { type Parameter, parameters } from '../parameters/table.js';
import type { Flag, Flags, Given } from './command.js';
import type { Settings } from './settings.js';
import { UsageError } from './usage-error.js';

/** What only makes sense for calls over HTTP. */
const left = new Set(['url', 'async', 'callback', 'meta', 'transparent_status_code', 'use_headers']);
const group = 'Parameters of the page';

const rows = Object.entries(parameters as Readonly<Record<string, Parameter>>).filter(([name]) => !left.has(name));

export const pageFlags: Flags = Object.fromEntries(
  rows.map(([name, parameter]): [string, Flag] => [
    flagName(name),
    {
      type: isSwitch(parameter) ? 'boolean' : 'string',
      description: parameter.description.replaceAll('`', ''),
      group,
      ...(parameter.default !== undefined && parameter.default !== false && { otherwise: String(parameter.default) }),
    },
  ]),
);

/** @throws UsageError where a parameter is wrong, in the words that a caller over HTTP would read. */
export function readPageFlags(
  given: Given,
  url: string,
  { robotsDefault }: Pick<Settings, 'robotsDefault'>,
): PageRequest {
  const query = new URLSearchParams({ url });
  for (const [name, parameter] of rows) {
    const value = isSwitch(parameter) ? switched(given, flagName(name)) : given.text(flagName(name));
    if (value !== undefined) query.append(name, value);
  }
  try {
    return readPageRequest({ query, defaults: { robots: robotsDefault } }).request;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new UsageError(error.message);
  }
}

function switched(given: Given, name: string): string | undefined {
  const value = given.switched(name);
  return value === undefined ? undefined : String(value);
}

function flagName(name: string): string {
  return name.replaceAll('_', '-');
}

/** Whether it takes nothing but true and false. */
function isSwitch({ schema, default: usual }: Parameter): boolean {
  return typeof usual === 'boolean' && !['auto', 'image'].some((word) => schema.safeParse(word).success);
}
