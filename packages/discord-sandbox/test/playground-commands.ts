// The commands of the playground's test bot: every kind of option that the composer has to know.
import { ApplicationCommandOptionType as Kind } from 'discord.js';
import { HOSTILE } from './playground-answers.js';

const text = { type: Kind.String } as const;
export const commands = [
  {
    name: 'weather',
    description: 'The weather of a place',
    options: [
      { ...text, name: 'city', description: 'Where', required: true, autocomplete: true },
      {
        ...text,
        name: 'units',
        description: 'How temperatures are written',
        choices: [
          { name: 'Celsius', value: 'c' },
          { name: 'Fahrenheit', value: 'f' },
        ],
      },
      { type: Kind.Integer, name: 'days', description: 'How many days', min_value: 1, max_value: 7 },
    ],
  },
  { name: 'ping', description: 'Says pong', name_localizations: { de: 'klopf' } },
  { name: 'secret', description: 'Answers only you' },
  { name: 'slow', description: 'Thinks until it is told to answer' },
  { name: 'silent', description: 'Never answers' },
  { name: 'panel', description: 'Buttons and menus' },
  { name: 'form', description: 'Asks for a few words' },
  { name: 'gallery', description: 'Everything an embed can hold' },
  { name: 'hostile', description: HOSTILE.slice(0, 100) },
  {
    name: 'upload',
    description: 'Takes a file',
    options: [{ type: Kind.Attachment, name: 'file', description: 'Any file', required: true }],
  },
  {
    name: 'who',
    description: 'Names a user, a channel and a switch',
    options: [
      { type: Kind.User, name: 'user', description: 'Somebody', required: true },
      { type: Kind.Channel, name: 'channel', description: 'Some place' },
      { type: Kind.Boolean, name: 'loud', description: 'In capitals' },
    ],
  },
  {
    name: 'config',
    description: 'Settings',
    options: [
      {
        type: Kind.SubcommandGroup,
        name: 'limit',
        description: 'Limits',
        options: [
          {
            type: Kind.Subcommand,
            name: 'set',
            description: 'Sets a limit',
            options: [
              {
                type: Kind.Integer,
                name: 'amount',
                description: 'How much',
                required: true,
                min_value: 1,
                max_value: 10,
              },
            ],
          },
          { type: Kind.Subcommand, name: 'clear', description: 'Takes a limit away' },
        ],
      },
    ],
  },
];
