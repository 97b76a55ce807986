/** /http: one request as it is, and what came back: status, headers, time by phase, the beginning of the body. */
import { type Command, command, fitEmbed, slash } from '@errand/discord';
import type { HttpResponse } from 'errand';
import { addressFrom, shownAddress } from '../address.js';
import { codeBlock, duration, plain } from '../text.js';
import { phases } from '../timings.js';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
/** Of answers that others see, these would give away what is not theirs. */
const secret = new Set(['set-cookie', 'authorization', 'proxy-authenticate', 'www-authenticate']);

export const http = (): Command =>
  command({
    data: slash('http', 'Sends one HTTP request and shows the answer')
      .string('method', 'What to do', { required: true, choices: methods.map((name) => ({ name, value: name })) })
      .string('url', 'Where', { required: true, max: 1000 })
      .string('body', 'What to send; JSON is sent as JSON', { max: 4000 }),
    cooldown: '2s',

    async execute({ locale }, web, { method, url: typed, body }) {
      const content = body === undefined ? {} : { body, headers: { 'content-type': contentTypeOf(body) } };
      const response = await web.request(method, addressFrom(typed), {
        ...content,
        throwHttpErrors: false,
        timeout: '30s',
        maxBodySize: '2mb',
      });
      const headers = [...response.headers].filter(([name]) => !secret.has(name));
      const fields = [
        {
          name: 'Time by phase',
          value: `${phases(response.trace, locale)} (${duration(response.trace.elapsed, locale)} in all)`,
        },
        { name: 'Redirects', value: response.history.map((hop) => `${hop.status} ${plain(hop.url, 150)}`).join('\n') },
        { name: 'Headers', value: codeBlock(headers.map(([name, value]) => `${name}: ${value}`).join('\n'), '', 950) },
        { name: 'Body', value: await excerpt(response) },
      ];
      return fitEmbed({
        title: `${response.status} ${plain(response.statusText, 100)}`,
        description: `${method} ${plain(shownAddress(response.url), 500)}`,
        color: response.ok ? 0x3ba55d : 0xd83c3e,
        fields,
      });
    },
  });

const contentTypeOf = (body: string): string => {
  try {
    JSON.parse(body);
    return 'application/json';
  } catch {
    return 'text/plain; charset=utf-8';
  }
};

/** Text as a block of code in its language; for anything else, what and how much it is. */
async function excerpt(response: HttpResponse): Promise<string> {
  const type = response.headers.get('content-type') ?? '';
  const size = (await response.bytes()).length;
  if (size === 0) return 'empty';
  const language = /json|html|xml|css|javascript/.exec(type)?.[0];
  if (language === undefined && !type.startsWith('text/'))
    return `${size} bytes of ${plain(type, 100) || 'unknown kind'}`;
  return codeBlock(await response.text(), language, 950);
}
