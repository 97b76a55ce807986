// The whole life of a bot around one session, in the right order: session, client, login, commands; and back again. The
// session is made once and outlives every reconnect; nothing here is created or closed in an event of the gateway.
import { type Client, Events, GatewayIntentBits, Client as NewClient, type RESTOptions } from 'discord.js';
import { Session, type SessionOptions } from 'errand';
import { BotError, fatalClose, loginError, noToken } from './bot-error.js';
import { byName, type Command } from './command.js';
import { Dispatcher } from './dispatcher.js';
import { type Duration, milliseconds } from './duration.js';
import { attach } from './handle-commands.js';
import { leaveGateway } from './leave-gateway.js';
import { consoleLog, errorFacts, type Log } from './log.js';
import { type Register, register } from './register.js';
import { endOnSignals, endProcess } from './signals.js';
import { settledWithin } from './within.js';

/** Options of {@link runBot}. */
export interface BotOptions {
  /** The bot's token, from https://discord.com/developers/applications. @example token: process.env.DISCORD_TOKEN */
  token: string;
  /** What the bot can do. @example commands: [weather, status] */
  commands: Command[];
  /**
   * The session that commands fetch with, or its options. A Session of yours stays yours: it is not closed. One made
   * here is.
   * @default new Session()
   * @example session: { limits: { 'api.github.com': { rate: '60/h' } } }
   */
  session?: SessionOptions | Session;
  /** A client of your own, not logged in yet. @default one without privileged intents @example client: new Client({ intents: [] }) */
  client?: Client;
  /**
   * How Discord's REST is asked, over `timeout: 5_000, retries: 1` (milliseconds; a stalled Discord shall not hold an
   * answer for a minute). With a client of your own only what is given here is changed.
   * @default { timeout: 5_000, retries: 1 }
   * @example rest: sandbox.rest
   */
  rest?: Partial<RESTOptions>;
  /** Where commands are registered: 'global', or guild ids. Only when they changed. @default 'global' @example register: ['123456789012345678'] */
  register?: Register;
  /**
   * SIGINT/SIGTERM: stop taking interactions, finish or apologise for those under way, destroy, close; exit code 0, or
   * a hard exit with 1 after this, a duration. A second signal ends the process at once.
   * @default '8s'
   * @example shutdown: '20s'
   */
  shutdown?: Duration;
  /** The bot answers "thinking…" when a command has not answered by then, a duration. Discord's own limit is 3 s. @default '1.5s' @example deferAfter: '1s' */
  deferAfter?: Duration;
  /** Whether SIGINT and SIGTERM end the bot and the process. With false, call `stop()`. @default true @example signals: false */
  signals?: boolean;
  /** What else this program has to close, called when the bot has stopped, inside the same time. @default nothing @example onStop: () => database.close() */
  onStop?: () => unknown;
  /** Where errors and warnings go; a pino logger fits. @default lines on the console @example log: pino() */
  log?: Log;
}

/** A running bot. */
export interface Bot extends AsyncDisposable {
  readonly client: Client;
  readonly session: Session;
  /** Stops in order and leaves nothing behind: no socket, timer, listener or handler. Idempotent, bounded by `shutdown`. */
  stop(): Promise<void>;
}

/**
 * Login, commands, signals, shutdown: a bot around one session. Resolves when the bot is ready and its commands are
 * registered.
 * @throws BotError with one line of what to do: bad token, missing intents, Discord unreachable, commands refused.
 * @example
 * const bot = await runBot({ token: process.env.DISCORD_TOKEN, commands: [weather] });
 */
export async function runBot(options: BotOptions): Promise<Bot> {
  const bot = new RunningBot(options);
  await bot.start();
  return bot;
}

class RunningBot implements Bot {
  readonly client: Client;
  readonly session: Session;
  readonly #options: BotOptions;
  readonly #ownsSession: boolean;
  readonly #shutdown: number;
  readonly #log: Log;
  readonly #dispatcher: Dispatcher;
  readonly #detach: Array<() => void> = [];
  readonly #stopping = new AbortController();
  #started = false;
  #stopped: Promise<boolean> | undefined;

  constructor(options: BotOptions) {
    if (typeof options.token !== 'string' || options.token.trim() === '') throw noToken();
    this.#options = options;
    this.#shutdown = milliseconds(options.shutdown ?? '8s', 'shutdown');
    this.#log = options.log ?? consoleLog;
    // All that can be wrong with the options comes before anything is opened.
    byName(options.commands);
    const deferAfter = milliseconds(options.deferAfter ?? '1.5s', 'deferAfter');
    const { session, client, commands } = options;
    this.#ownsSession = !(session instanceof Session);
    this.session = session instanceof Session ? session : new Session(session);
    this.client = client ?? newClient(options.rest);
    if (client && options.rest) Object.assign(client.rest.options, options.rest);
    const exclusive = client === undefined;
    this.#dispatcher = new Dispatcher({ session: this.session, commands, deferAfter, log: this.#log, exclusive });
  }

  async start(): Promise<void> {
    const { client } = this;
    this.#detach.push(attach(client, this.#dispatcher, this.#log));
    const onDisconnect = ({ code }: { code: number }): void => this.#fail(fatalClose(code));
    const onShardError = (error: unknown): void => {
      this.#log.warn(errorFacts(error), 'the connection to Discord had an error');
    };
    client.on(Events.ShardDisconnect, onDisconnect);
    client.on(Events.ShardError, onShardError);
    this.#detach.push(() => client.off(Events.ShardDisconnect, onDisconnect).off(Events.ShardError, onShardError));
    if (this.#options.signals !== false) {
      const end = (): Promise<boolean> => this.#end();
      this.#detach.push(endOnSignals({ end, within: this.#shutdown, log: this.#log }));
    }
    try {
      await this.#unlessStopped(this.#login());
      await this.#unlessStopped(this.#register());
      this.#started = true;
    } catch (error) {
      const reason = loginError(error, client.rest.options.api);
      await this.#end();
      throw reason;
    }
  }

  async stop(): Promise<void> {
    await this.#end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }

  async #login(): Promise<void> {
    const { client } = this;
    if (client.isReady()) return;
    const ready = new Promise<void>((resolve) => client.once(Events.ClientReady, () => resolve()));
    await client.login(this.#options.token.trim());
    await ready;
  }

  async #register(): Promise<void> {
    await register({
      client: this.client as Client<true>,
      commands: this.#options.commands,
      where: this.#options.register ?? 'global',
      keepOthers: false,
      log: this.#log,
      signal: this.#stopping.signal,
    });
  }

  async #unlessStopped(work: Promise<void>): Promise<void> {
    const { signal } = this.#stopping;
    const stopped = new Promise<never>((_, reject) => {
      const stop = (): void => reject(new BotError('BOT_STOPPED', 'the bot was stopped before it was ready'));
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
    await Promise.race([work, stopped]);
  }

  /** The gateway has closed for good: discord.js does not come back from there. */
  #fail(reason: BotError | undefined): void {
    if (reason === undefined || this.#stopped || !this.#started) return;
    this.#log.error({ error: reason.name, code: reason.code }, reason.message);
    if (this.#options.signals === false) void this.#end();
    else void endProcess(1);
  }

  /** Resolves with whether all of it ended in order. */
  #end(): Promise<boolean> {
    this.#stopped ??= this.#endNow();
    return this.#stopped;
  }

  async #endNow(): Promise<boolean> {
    const end = performance.now() + this.#shutdown;
    const left = (): number => Math.max(0, end - performance.now());
    this.#stopping.abort();
    // Answers need Discord's REST and the session: they come first.
    await this.#dispatcher.stop({ finish: left() * 0.6, apologise: left() * 0.2 });
    const clean = [
      await leaveGateway(this.client, left() * 0.4),
      await this.#closeSession(left() * 0.7),
      await this.#callOnStop(left()),
    ];
    for (const detach of this.#detach) detach();
    // A destroyed client may still report an error of a socket that is closing.
    if (this.#options.client === undefined) this.client.on(Events.Error, () => {});
    return clean.every(Boolean);
  }

  async #closeSession(time: number): Promise<boolean> {
    if (!this.#ownsSession) return true;
    return this.#within('session.close()', this.session.close({ grace: Math.floor(time * 0.7) }), time);
  }

  async #callOnStop(time: number): Promise<boolean> {
    const { onStop } = this.#options;
    if (onStop === undefined) return true;
    return this.#within('onStop', Promise.resolve().then(onStop), time);
  }

  async #within(what: string, work: Promise<unknown>, time: number): Promise<boolean> {
    let failed = false;
    work.catch((error: unknown) => {
      failed = true;
      this.#log.error({ what, ...errorFacts(error) }, 'failed while stopping');
    });
    const settled = await settledWithin(work, time);
    if (!settled) this.#log.error({ what, waited: Math.round(time) }, 'took too long while stopping');
    return settled && !failed;
  }
}

function newClient(rest: Partial<RESTOptions> | undefined): Client {
  return new NewClient({
    intents: [GatewayIntentBits.Guilds],
    // Fetched and typed text shall ping nobody, in messages that commands send by themselves too.
    allowedMentions: { parse: [] },
    rest: { timeout: 5_000, retries: 1, ...rest },
  });
}
