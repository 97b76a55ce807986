/** A sandbox is a new Discord each time, with new ids. What was followed in the first channel of the last one is followed in the first channel
 *  of this one, as it would be on Discord; what belonged to other channels stays behind, and is forgotten when it has news. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const Home = z.object({ guildId: z.string().min(1), channelId: z.string().min(1) });
export type Home = Readonly<z.infer<typeof Home>>;

/** Changes ids in the files that the bot has kept, and nothing else of them. Call it before they are read. */
export async function moveIn(dataDir: string, { guildId, channelId }: Home): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const note = join(dataDir, 'home.json');
  const last = Home.safeParse(JSON.parse(await readFile(note, 'utf8').catch(() => '{}')));
  for (const { parentPath, name } of await readdir(dataDir, { recursive: true, withFileTypes: true })) {
    if (!last.success || !name.endsWith('.json')) continue;
    const file = join(parentPath, name);
    const content = await readFile(file, 'utf8');
    await writeFile(file, content.replaceAll(last.data.guildId, guildId).replaceAll(last.data.channelId, channelId));
  }
  await writeFile(note, JSON.stringify({ guildId, channelId }));
}
