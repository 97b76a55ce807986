// How the parameters are arranged in the form, and how each is filled in. Parameters that are in no group here are shown in
// the last one, so that none is ever missing.
import type { Described } from '../../src/dashboard/protocol.js';

export interface Group {
  readonly name: string;
  readonly parameters: readonly Described[];
}

const arranged: ReadonlyArray<readonly [name: string, parameters: readonly string[]]> = [
  ['Often used', ['render', 'format', 'session', 'country_code', 'on_captcha']],
  [
    'Rendering',
    [
      ...['wait_for_selector', 'wait', 'wait_until', 'js_scenario', 'block_resources', 'screenshot'],
      ...['screenshot_full_page', 'screenshot_selector', 'window_width', 'window_height'],
    ],
  ],
  ['What of the page', ['only_main_content', 'target_selector', 'remove_selector', 'extract_rules']],
  ['Who goes', ['proxy_pool', 'device', 'identity', 'locale', 'use_headers', 'cookies', 'referer']],
];

export function groupsOf(parameters: readonly Described[]): Group[] {
  const rest = new Map(parameters.filter(({ name }) => name !== 'url').map((each) => [each.name, each]));
  const groups = arranged.map(([name, names]) => {
    const own = names.map((each) => rest.get(each)).filter((each) => each !== undefined);
    for (const each of own) rest.delete(each.name);
    return { name, parameters: own };
  });
  return [...groups, { name: 'Limits and the rest', parameters: [...rest.values()] }];
}

/** What one chooses from; undefined: it is written. */
export function choicesOf({ name, schema, default: usual }: Described): readonly string[] | undefined {
  if (Array.isArray(schema.enum)) return schema.enum.map(String);
  if (name === 'render') return ['false', 'auto', 'true'];
  return typeof usual === 'boolean' && name !== 'block_resources' ? ['true', 'false'] : undefined;
}

export const isLong = ({ name }: Described): boolean => name === 'js_scenario' || name === 'extract_rules';
