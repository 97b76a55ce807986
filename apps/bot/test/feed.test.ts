// Feeds that the bot follows: each entry once, whatever happens in between.
import { expect, it } from 'vitest';
import { eventually, startAll } from './start-all.js';

const start = new Date('2026-03-21T12:00:00Z').getTime();

/** The bot on a web of its own, where a new entry of a feed comes every 20 seconds of the web's clock. */
async function opened() {
  let clock = start;
  const stage = await startAll({ now: () => new Date(clock) });
  const posted = () => stage.sandbox.messages().flatMap((message) => (message.author.bot ? message.embeds : []));
  return {
    stage,
    publish: (count: number) => {
      clock += count * 20_000;
    },
    posted,
    titles: () => posted().map((embed) => embed.title),
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  };
}

it.concurrent.each(['rss', 'atom'])(
  'brings new entries of an %s feed to the channel, oldest first and once',
  async (kind) => {
    await using open = await opened();
    const { stage, publish, posted, titles } = open;
    const reply = await stage.sandbox.slash('feed', { url: `${stage.web.origin}/feeds/${kind}.xml` });
    expect(reply.content).toMatch(/^I follow \[The demo web\]/);
    expect(titles()).toEqual([]);
    publish(2);
    await eventually(() => titles().length === 2);
    expect(titles()).toEqual(['No. 4: Lighthouses of the Gulf of Finland', 'No. 5: Rye bread in two days']);
    expect(posted()[0]).toMatchObject({
      url: `${stage.web.origin}/articles/lighthouses?no=4`,
      author: { name: 'The demo web' },
      description: expect.stringMatching(/^Stone towers/),
    });
    publish(1);
    await eventually(() => titles().length === 3);
    expect(titles().at(-1)).toBe('No. 6: A bot’s heartbeat');
  },
);

it.concurrent('goes on after a restart without telling anything twice', async () => {
  await using open = await opened();
  const { stage, publish, titles } = open;
  await stage.sandbox.slash('feed', { url: `${stage.web.origin}/feeds/rss.xml` });
  publish(1);
  await eventually(() => titles().length === 1);
  await stage.bot.stop();
  publish(1);
  await stage.restart();
  await eventually(() => titles().length === 2);
  expect(new Set(titles()).size).toBe(2);
});

it.concurrent('shows five of many, and how many there were', async () => {
  await using open = await opened();
  const { stage, publish, posted } = open;
  await stage.sandbox.slash('feed', { url: `${stage.web.origin}/feeds/rss.xml` });
  publish(9);
  await eventually(() => posted().length > 0);
  expect(posted().map((embed) => embed.title ?? embed.description)).toEqual([
    'and 4 more before these',
    ...[8, 9, 10, 11, 12].map((id) => expect.stringContaining(`No. ${id}: `)),
  ]);
});

it.concurrent('says privately that a page is no feed', async () => {
  await using open = await opened();
  const { stage } = open;
  const reply = await stage.sandbox.slash('feed', { url: `${stage.web.origin}/articles/heartbeat` });
  expect(reply).toMatchObject({ ephemeral: true, content: 'There is no RSS or Atom feed at this address.' });
});
