/** /define: what an English word means, from dictionaryapi.dev (Wiktionary). */
import { type Command, command, fitEmbed, slash } from '@errand/discord';
import { MessageFlags } from 'discord.js';
import { HttpError } from 'errand';
import { z } from 'zod';
import type { Endpoints } from '../settings.js';
import { linkTo, plain } from '../text.js';

const Sense = z.object({ definition: z.string(), example: z.string().optional() });
const Entry = z.object({
  word: z.string(),
  phonetic: z.string().optional(),
  meanings: z.array(z.object({ partOfSpeech: z.string(), definitions: z.array(Sense) })),
  sourceUrls: z.array(z.string()).default([]),
});
const Entries = z.array(Entry).min(1);

export const define = (endpoints: Endpoints): Command =>
  command({
    data: slash('define', 'What an English word means').string('word', 'The word', { required: true, max: 60 }),

    async execute(_interaction, web, { word }) {
      try {
        const address = `${endpoints.dictionary}/${encodeURIComponent(word.trim().toLowerCase())}`;
        const [entry] = await web.get(address).json(Entries);
        return entry && show(entry);
      } catch (error) {
        if (!(error instanceof HttpError) || error.status !== 404) throw error;
        return { content: `The dictionary has no entry for “${plain(word)}”.`, flags: MessageFlags.Ephemeral };
      }
    },
  });

function show(entry: z.infer<typeof Entry>) {
  const [source] = entry.sourceUrls;
  return fitEmbed({
    title: plain(entry.word, 200),
    description: [entry.phonetic && plain(entry.phonetic, 100), source && linkTo('Wiktionary', source)]
      .filter(Boolean)
      .join(' · '),
    color: 0x6b8f71,
    fields: entry.meanings.slice(0, 6).map(({ partOfSpeech, definitions }) => ({
      name: plain(partOfSpeech, 100),
      value: definitions
        .slice(0, 4)
        .map(({ definition, example }, index) => {
          const line = `${index + 1}. ${plain(definition, 200)}`;
          return example === undefined ? line : `${line}\n   *${plain(example, 120)}*`;
        })
        .join('\n'),
    })),
  });
}
