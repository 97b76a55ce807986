/** The page gateway that `/page` asks: the one that is configured, or one in this process. It is loaded when it is first wanted, and no command
 *  waits for one that could not be started. */
import type { PageGatewayService, PageGatewayServiceOptions, PageOptions, PageResult } from '@errand/page-gateway';
import { ErrandError, type Session } from 'errand';
import type { PageGateway } from './settings.js';

export interface Pages {
  page(url: string | URL, options?: PageOptions & { signal?: AbortSignal }): Promise<PageResult>;
}

/** Where commands get pages from; `undefined`: from nowhere. */
export interface PageSource {
  pages(session: Session): Promise<Pages | undefined>;
}

/** A gateway at an address, by its typed client. */
export function gatewayAt({ url, key }: PageGateway): PageSource {
  let client: Promise<Pages> | undefined;
  const connect = async (session: Session) => {
    const { PageGateway: Client } = await import('@errand/page-gateway');
    return new Client({ url, session, ...(key !== undefined && { key }) });
  };
  return {
    pages(session) {
      client ??= connect(session);
      return client;
    },
  };
}

/** A gateway of the bot's own. */
export class OwnGateway implements PageSource {
  readonly #options: PageGatewayServiceOptions;
  readonly #warn: (line: string) => void;
  #running: Promise<PageGatewayService | undefined> | undefined;
  #client: PageSource | undefined;

  constructor(options: PageGatewayServiceOptions, warn: (line: string) => void) {
    this.#options = { logLevel: 'error', ...options };
    this.#warn = warn;
  }

  /** Once. It listens at the first port of `ports` that is free, or nowhere where there are none. */
  start(ports: readonly number[] = []): Promise<PageGatewayService | undefined> {
    this.#running ??= this.#open(ports).catch((error: Error) => {
      this.#warn(`there is no page gateway: ${error.message}`);
      return undefined;
    });
    return this.#running;
  }

  async pages(session: Session): Promise<Pages | undefined> {
    const gateway = await this.start();
    if (gateway?.url === undefined) return gateway;
    this.#client ??= gatewayAt({ url: gateway.url, key: undefined });
    return this.#client.pages(session);
  }

  async close(): Promise<void> {
    const gateway = await this.#running;
    await gateway?.close({ grace: '1s' });
  }

  async #open([port, ...others]: readonly number[]): Promise<PageGatewayService> {
    const { createPageGateway } = await import('@errand/page-gateway');
    try {
      return await createPageGateway({ ...this.#options, port: port ?? false });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || others.length === 0) throw error;
      return this.#open(others);
    }
  }
}

/** What a gateway gives, or `undefined` where it has, for whatever reason, no page: an answer without it is still one. */
export async function ifGot<T>(asking: () => Promise<T>): Promise<T | undefined> {
  try {
    return await asking();
  } catch (error) {
    if (error instanceof ErrandError || (error as Error).name === 'PageGatewayError') return undefined;
    throw error;
  }
}
