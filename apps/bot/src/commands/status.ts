/** /status: is a site up, and where does the time go. A site that is down is an answer here, not an error. */
import { type Command, command, explain, fitEmbed, slash } from '@errand/discord';
import { ConnectionError, type HttpResponse, ProtocolError, TimeoutError } from 'errand';
import { addressFrom, shownAddress } from '../address.js';
import { bytes, duration, plain } from '../text.js';
import { phases } from '../timings.js';

export const status = (): Command =>
  command({
    data: slash('status', 'Is a site up, and how fast?').string('url', 'Its address', { required: true, max: 1000 }),

    async execute({ locale }, web, { url: typed }) {
      const url = addressFrom(typed);
      try {
        const response = await web.get(url, {
          throwHttpErrors: false,
          retry: false,
          cache: 'no-store',

          timeout: '15s',
        });
        return await up(response, locale);
      } catch (error) {
        // What the guard refused or a full queue held back says nothing about the site.
        const down =
          error instanceof ConnectionError || error instanceof TimeoutError || error instanceof ProtocolError;
        if (!down) throw error;
        return fitEmbed({
          title: `🔴 ${plain(url.host, 200)} is down`,
          description: `${explain(error, locale)}`,
          color: 0xd83c3e,
          fields: [{ name: 'After', value: duration(error.elapsed, locale), inline: true }],
        });
      }
    },
  });

async function up(response: HttpResponse, locale: string) {
  const healthy = response.status < 400;
  const size = (await response.bytes()).length;
  const server = response.headers.get('server');
  return fitEmbed({
    title: `${healthy ? '🟢' : '🟠'} ${plain(new URL(response.url).host, 200)} ${healthy ? 'is up' : 'answers, with an error'}`,
    url: shownAddress(response.url),
    description: `**${response.status}** ${plain(response.statusText, 100)}`,
    color: healthy ? 0x3ba55d : 0xe0a030,
    fields: [
      { name: 'In all', value: duration(response.trace.elapsed, locale), inline: true },
      { name: 'Size', value: bytes(size, locale), inline: true },
      { name: 'Redirects', value: String(response.history.length), inline: true },
      { name: 'Time by phase', value: phases(response.trace, locale) },
      { name: 'Server', value: server === null ? '' : plain(server, 100) },
    ],
  });
}
