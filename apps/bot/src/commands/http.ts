/** /http: one request as it is, and what came back: status, headers, time by phase, the beginning of the body. */
import { type Command, command, fitEmbed, slash } from '@errand/discord';
import { addressFrom, shownAddress } from '../address.js';
import { excerpt } from '../excerpt.js';
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

    async execute({ locale }, web, { method, url: typed, body: sent }) {
      const content = sent === undefined ? {} : { body: sent, headers: { 'content-type': contentTypeOf(sent) } };
      const options = { method, ...content, throwHttpErrors: false, timeout: '30s' };
      await using response = await web.stream(addressFrom(typed), options);
      const body = await excerpt(response);
      const headers = [...response.headers].filter(([name]) => !secret.has(name));
      const fields = [
        {
          name: 'Time by phase',
          value: `${phases(response.trace, locale)} (${duration(response.trace.elapsed, locale)} in all)`,
        },
        { name: 'Redirects', value: response.history.map((hop) => `${hop.status} ${plain(hop.url, 150)}`).join('\n') },
        { name: 'Headers', value: codeBlock(headers.map(([name, value]) => `${name}: ${value}`).join('\n'), '', 950) },
        { name: 'Body', value: body },
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
