// Discord's numbers for the kinds of a command's options, and what a person calls them.
export const KIND = {
  subcommand: 1,
  group: 2,
  string: 3,
  integer: 4,
  boolean: 5,
  user: 6,
  channel: 7,
  role: 8,
  mentionable: 9,
  number: 10,
  attachment: 11,
} as const;

const WORDS: Readonly<Record<number, string>> = {
  [KIND.string]: 'text',
  [KIND.integer]: 'whole number',
  [KIND.boolean]: 'true or false',
  [KIND.user]: 'user',
  [KIND.channel]: 'channel',
  [KIND.role]: 'role',
  [KIND.mentionable]: 'user or role',
  [KIND.number]: 'number',
  [KIND.attachment]: 'file',
};

export const kindWord = (type: number): string => WORDS[type] ?? 'value';
