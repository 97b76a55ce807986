/** /stats: what the bot's own session is doing, straight from session.stats(). */
import { type Command, command, fitEmbed, slash } from '@errand/discord';
import { codeBlock } from '../text.js';

const shownHosts = 10;

export const stats = (): Command =>
  command({
    data: slash('stats', 'What the bot’s HTTP session is doing'),
    ephemeral: true,

    async execute({ locale, client }, web) {
      const now = web.stats();
      const number = (value: number) => value.toLocaleString(locale);
      const hosts = Object.entries(now.hosts).sort(([, a], [, b]) => b.inFlight + b.queued - (a.inFlight + a.queued));
      const lines = hosts.slice(0, shownHosts).map(([host, { inFlight, queued, circuit }]) => {
        const line = `${host.padEnd(28)} ${inFlight} under way, ${queued} waiting`;
        return circuit === 'closed' ? line : `${line}, circuit ${circuit}`;
      });
      const away = client.ws.ping < 0 ? '' : `, ${number(client.ws.ping)} ms away`;
      const up = Math.round((Date.now() - (client.uptime ?? 0)) / 1000);
      return fitEmbed({
        title: 'HTTP session',
        color: 0x5865f2,
        fields: [
          { name: 'Requests', value: number(now.requests), inline: true },
          { name: 'Succeeded', value: number(now.succeeded), inline: true },
          { name: 'Failed', value: number(now.failed), inline: true },
          { name: 'Tried again', value: number(now.retried), inline: true },
          { name: 'From cache', value: number(now.cacheHits), inline: true },
          { name: 'Parsed off the loop', value: number(now.offloaded), inline: true },
          { name: 'Under way', value: number(now.inFlight), inline: true },
          { name: 'Waiting', value: number(now.queued), inline: true },
          {
            name: 'Connections',
            value: `${number(now.connections.open)} (${number(now.connections.idle)} idle)`,
            inline: true,
          },
          { name: 'Hosts', value: lines.length === 0 ? 'none yet' : codeBlock(lines.join('\n'), '', 900) },
          { name: 'Connected to Discord', value: `<t:${up}:R>${away}` },
        ],
      });
    },
  });
