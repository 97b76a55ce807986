// The bot on Errand: its defaults, more room for one host, and the one command that the load uses.
import { command, fitEmbed, runBot, slash } from '@errand/discord';
import { reportLateness } from './lateness.mjs';

const { token, rest, urls } = JSON.parse(process.argv[2]);
const quiet = { info() {}, warn() {}, error() {} };

const look = command({
  data: slash('look', 'Looks something up').string('host', 'Where', { required: true }),
  async execute(_interaction, web, { host }) {
    const data = await web.get(urls[host]).json();
    return fitEmbed({ title: data.city ?? host, description: `${data.temperature} °C, ${data.words}` });
  },
});

const allow = Object.values(urls).map((url) => new URL(url).host);
/** The API that the bot lives on takes more than the eight at once that strangers get. */
const limits = { [new URL(urls.good).host]: { concurrency: 32 } };
await runBot({ token, rest, commands: [look], session: { limits, guard: { allow } }, log: quiet });
reportLateness();
process.send('ready');
process.on('disconnect', () => process.exit(0));
