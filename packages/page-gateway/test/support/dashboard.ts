// A whole service with its dashboard, and whoever looks at it: as their browser asks, without one.
import { createPageGateway, type PageGatewayServiceOptions } from '@errand/page-gateway';
import { onTestFinished } from 'vitest';
import { ownHeader } from '../../src/dashboard/protocol.js';
import { temporaryFolder } from './folder.js';

export interface ServiceOptions extends PageGatewayServiceOptions {
  /** @default false, which starts sooner */
  readonly rendering?: boolean;
}

export async function service({ rendering = false, ...options }: ServiceOptions = {}) {
  const data = options.data ?? temporaryFolder();
  const gateway = await createPageGateway({
    port: 0,
    logLevel: 'silent',
    ...(rendering ? {} : { chromium: 'off' }),
    allow: ['127.0.0.1'],
    ...options,
    data,
  });
  onTestFinished(() => gateway.close({ grace: 0 }));
  const url = gateway.url as string;
  return {
    ...{ gateway, url, data },
    page: (target: string, parameters: Record<string, string> = {}, headers: Record<string, string> = {}) =>
      fetch(`${url}/v1/page?${new URLSearchParams({ url: target, ...parameters })}`, { headers }),
    async key(name: string, scopes: Array<'admin' | 'ignore-robots'> = []): Promise<string> {
      const made = await gateway.rooms.keys.add({ name, scopes });
      return made?.secret as string;
    },
  };
}

/** One who looks: keeps the cookie, sends the page's header. */
export class Looker {
  readonly #url: string;
  cookie = '';

  constructor(url: string) {
    this.#url = url;
  }

  async ask(
    path: string,
    { headers = {}, ...init }: RequestInit & { headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const own = { [ownHeader]: '1', ...(this.cookie !== '' && { cookie: this.cookie }) };
    return fetch(`${this.#url}/dashboard/${path}`, { ...init, headers: { ...own, ...headers } });
  }

  post(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Response> {
    const json = { 'content-type': 'application/json', ...headers };
    return this.ask(path, { method: 'POST', body: JSON.stringify(body), headers: json });
  }

  async signIn(key: string): Promise<Response> {
    const answer = await this.post('sign-in', { key });
    this.cookie = answer.headers.get('set-cookie')?.split(';', 1)[0] ?? this.cookie;
    return answer;
  }

  async me(): Promise<{ name: string | null; open: boolean }> {
    return (await this.ask('me')).json() as Promise<{ name: string | null; open: boolean }>;
  }

  /** The stream's events, until nobody wants more of them. */
  async *events(): AsyncGenerator<{ readonly event: string; readonly data: unknown; readonly text: string }> {
    const ending = new AbortController();
    const answer = await this.ask('events', { signal: ending.signal });
    let text = '';
    try {
      for await (const chunk of (answer.body as ReadableStream<Uint8Array>).pipeThrough(
        new TextDecoderStream() as TransformStream<Uint8Array, string>,
      )) {
        text += chunk;
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
          text = text.slice(end + 2);
          if (event !== undefined && data !== undefined) yield { event, data: JSON.parse(data), text: data };
        }
      }
    } finally {
      ending.abort();
    }
  }
}
