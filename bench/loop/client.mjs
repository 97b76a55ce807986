// One client in a process of its own: 20 documents, two at a time, while a heartbeat of 20 ms tells how late the loop is.
// Sends what it measured to its parent.
import { setTimeout as sleep } from 'node:timers/promises';
import { inFlight } from '../measure.mjs';

const [, , name, origin, count] = process.argv;
const documents = Number(count);
const width = 2;
const period = 20;
const map = { title: 'title', names: ['h2'], links: [{ selector: 'h2 a', value: 'href' }] };

async function peer() {
  const { load } = await import('cheerio');
  return {
    async json() {
      const value = JSON.parse(await (await fetch(`${origin}/items`)).text());
      return value.items.at(-1).name;
    },
    async page() {
      // Not cheerio's `extract` nor `map`, which take the square of what they find.
      const $ = load(await (await fetch(`${origin}/page`)).text());
      const names = $('h2')
        .toArray()
        .map((element) => $(element).text());
      const links = $('h2 a')
        .toArray()
        .map((element) => $(element).attr('href'));
      return { title: $('title').text(), names, links }.links.at(-1);
    },
    close() {},
  };
}

async function errand(readJson) {
  const { Session } = await import('errand');
  const session = new Session({ guard: { allow: [new URL(origin).host] }, maxBodySize: '64mb' });
  return {
    json: () => readJson(session.get(`${origin}/items`)),
    async page() {
      const found = await session.get(`${origin}/page`).extract(map);
      return found.links.at(-1);
    },
    close: () => session.close(),
  };
}

async function schema() {
  const z = await import('zod');
  const items = z.object({ total: z.number(), items: z.array(z.object({ id: z.number() })) });
  return async (pending) => `Item ${(await pending.json(items)).items.at(-1).id}`;
}

const clients = {
  'fetch + JSON.parse + cheerio': peer,
  'errand, select': () => errand(async (pending) => (await pending.select('$.items[-1].name'))[0]),
  'errand, json(schema)': async () => errand(await schema()),
};

/** How late each beat came, in milliseconds, while `work` ran. */
async function heartbeat(work) {
  const late = [];
  let due = performance.now() + period;
  const timer = setInterval(() => {
    const now = performance.now();
    late.push(Math.max(0, now - due));
    due = now + period;
  }, period);
  const started = performance.now();
  await work();
  const took = performance.now() - started;
  // The beat that the last piece of work held up counts, too.
  await sleep(2 * period);
  clearInterval(timer);
  late.sort((a, b) => a - b);
  return { took, p99: late[Math.ceil(late.length * 0.99) - 1], max: late.at(-1) };
}

const client = await clients[name]();
const answers = [await client.json(), await client.page()];
const json = await heartbeat(() => inFlight(documents, width, () => client.json()));
const page = await heartbeat(() => inFlight(documents, width, () => client.page()));
await client.close();
process.send({ json, page, answers, peak: process.resourceUsage().maxRSS / 1024 });
process.disconnect();
