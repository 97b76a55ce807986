// The commands that all examples answer: a page's title, its picture as a file, and places while one types.
import { attachment, type Command, command, fitEmbed, slash } from '@errand/discord';

export function commandsFor(site: string): Command[] {
  return [
    command({
      data: slash('title', 'The title of a page').string('page', 'Which page', { required: true, autocomplete: true }),
      cooldown: '100ms',
      async execute(_interaction, web, { page }) {
        const url = new URL(page, site);
        const { title } = await web.get(url).extract({ title: 'title' });
        return fitEmbed({ title: title ?? page, url: url.href });
      },
      async autocomplete(interaction, web) {
        const pages = await web.get(new URL('/pages.json', site)).json<string[]>();
        const typed = interaction.options.getFocused().toLowerCase();
        return pages.filter((name) => name.includes(typed)).map((name) => ({ name, value: name }));
      },
    }),
    command({
      data: slash('picture', 'The picture of the day'),
      async execute(_interaction, web) {
        return { files: [await attachment(web, new URL('/picture', site).href)] };
      },
    }),
  ];
}
