// Bots without a gateway: Discord posts each interaction to a web address, and the answer to that request is the first
// answer. The same commands, unchanged; needs Node, since discord.js and the session do.
import {
  type APIInteraction,
  AutocompleteInteraction,
  type BaseInteraction,
  ChatInputCommandInteraction,
  Client,
  ClientApplication,
  InteractionResponseType,
  InteractionType,
  type RESTOptions,
} from 'discord.js';
import type { Session } from 'errand';
import type { Command } from '../command.js';
import { Dispatcher } from '../dispatcher.js';
import type { Duration } from '../duration.js';
import { consoleLog, errorFacts, type Log } from '../log.js';
import { CallbackRest, type FirstAnswer } from './callback-rest.js';
import { verifier } from './signature.js';

/** Options of {@link interactionsHandler}. */
export interface InteractionsOptions {
  /** The bot shows "thinking…" when a command has not answered by then; a duration. @default '1.5s' @example deferAfter: '1s' */
  deferAfter?: Duration;
  /** How Discord's REST is asked for everything after the first answer. @default { timeout: 5_000, retries: 1 } @example rest: sandbox.rest */
  rest?: Partial<RESTOptions>;
  /** Answers interactions that are no slash commands of these: components, modals. @default status 400 @example otherwise: (interaction) => Response.json({ type: 6 }) */
  otherwise?: (interaction: APIInteraction) => Response | Promise<Response>;
  /** Where errors and warnings go; a pino logger fits. @default lines on the console @example log: pino() */
  log?: Log;
}

/** Answers Discord's requests. */
export interface InteractionsHandler {
  /** `context`: where the platform wants to know of work after the response (Workers, Hono's executionCtx). */
  (request: Request, context?: { waitUntil?(work: Promise<unknown>): void }): Promise<Response>;
  /** Lets commands under way finish for 5 s, apologises for the others. The session stays open. */
  stop(): Promise<void>;
}

const largestBody = 1024 * 1024;
/** What discord.js reads without looking whether it is there. */
const absent: object = { entitlements: [], authorizing_integration_owners: {}, app_permissions: '0' };

/**
 * A fetch-style handler for the "Interactions Endpoint URL" of an application: checks Discord's signature, answers its
 * pings, runs the same commands as a gateway bot would.
 * @example
 * const handler = interactionsHandler(process.env.DISCORD_PUBLIC_KEY, [weather], session);
 * createServer(nodeListener(handler)).listen(8080);
 */
export function interactionsHandler(
  publicKey: string,
  commands: Command[],
  session: Session,
  options: InteractionsOptions = {},
): InteractionsHandler {
  const verify = verifier(publicKey);
  const log = options.log ?? consoleLog;
  const reception = new Reception(new Dispatcher({ ...options, session, commands, exclusive: true }), options.rest);
  const handle: InteractionsHandler = async (request, context) => {
    if (request.method !== 'POST') return plain(405, 'Discord posts interactions here', { allow: 'POST' });
    const body = await readBody(request);
    if (body === undefined) return plain(413, 'the body is larger than any interaction');
    const { headers } = request;
    const genuine = await verify(headers.get('x-signature-ed25519'), headers.get('x-signature-timestamp'), body);
    if (!genuine) return plain(401, 'invalid request signature');
    const interaction = parse(body);
    if (interaction === undefined) return plain(400, 'the body is no interaction');
    if (interaction.type === InteractionType.Ping) return Response.json({ type: InteractionResponseType.Pong });
    try {
      const response = reception.receive(interaction, (work) => context?.waitUntil?.(work));
      return (await (response ?? options.otherwise?.(interaction))) ?? plain(400, 'no such interaction here');
    } catch (error) {
      log.error({ interaction: interaction.id, ...errorFacts(error) }, 'an interaction could not be handled');
      return plain(500, 'the interaction could not be handled');
    }
  };
  handle.stop = () => reception.stop();
  return handle;
}

/** Turns Discord's payloads into discord.js's interactions, and their first answers into responses. */
class Reception {
  readonly #dispatcher: Dispatcher;
  readonly #rest: CallbackRest;
  readonly #client: Client;
  #stopped: Promise<void> | undefined;

  constructor(dispatcher: Dispatcher, rest: Partial<RESTOptions> | undefined) {
    this.#dispatcher = dispatcher;
    this.#client = new Client({
      intents: [],
      allowedMentions: { parse: [] },
      rest: { timeout: 5_000, retries: 1, ...rest },
    });
    this.#client.rest.clearHandlerSweeper();
    this.#client.rest.clearHashSweeper();
    this.#rest = new CallbackRest(this.#client.options.rest);
    this.#client.rest = this.#rest;
  }

  receive(data: APIInteraction, alsoWait: (work: Promise<unknown>) => void): Promise<Response> | undefined {
    const interaction = this.#interactionOf(data);
    if (interaction === undefined) return undefined;
    const answer = this.#rest.firstAnswer(data.id, data.token);
    const work = this.#dispatcher.accept(interaction as never);
    if (work === undefined) {
      this.#rest.forget(data.id);
      return undefined;
    }
    alsoWait(work);
    const unanswered = work.then(() => {
      this.#rest.forget(data.id);
      return plain(409, 'this interaction has been answered before, or cannot be');
    });
    return Promise.race([answer.then(responseOf), unanswered]);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#dispatcher.stop({ finish: 5_000, apologise: 2_000 }).then(async () => {
      await this.#client.destroy();
    });
    return this.#stopped;
  }

  #interactionOf(data: APIInteraction): BaseInteraction | undefined {
    const whole = { ...absent, ...data };
    this.#client.application ??= Reflect.construct(ClientApplication, [this.#client, { id: data.application_id }]);
    if (data.type === InteractionType.ApplicationCommandAutocomplete) {
      return Reflect.construct(AutocompleteInteraction, [this.#client, whole]);
    }
    const chatInput = data.type === InteractionType.ApplicationCommand && (data.data.type ?? 1) === 1;
    return chatInput ? Reflect.construct(ChatInputCommandInteraction, [this.#client, whole]) : undefined;
  }
}

function responseOf(answer: FirstAnswer | undefined): Response {
  // It was given by a request of its own: Discord wants this status then.
  if (answer === undefined) return new Response(null, { status: 202 });
  if (answer.files.length === 0) return Response.json(answer.body);
  const form = new FormData();
  form.set('payload_json', JSON.stringify(answer.body));
  for (const [index, { data, name, contentType }] of answer.files.entries()) {
    const blob = new Blob([data as Uint8Array<ArrayBuffer>], { type: contentType ?? 'application/octet-stream' });
    form.set(`files[${index}]`, blob, name);
  }
  return new Response(form);
}

function plain(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(text, { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers } });
}

/** The raw body, which is what is signed; undefined where it is too large. */
async function readBody(request: Request): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    size += piece.length;
    if (size > largestBody) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function parse(body: Uint8Array): APIInteraction | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof (value as APIInteraction | null)?.type === 'number' ? (value as APIInteraction) : undefined;
  } catch {
    return undefined;
  }
}
