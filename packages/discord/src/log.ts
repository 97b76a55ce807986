// What the bot writes down: plain facts and a sentence, in the order of arguments that pino takes. Nothing secret gets
// here: of errors only the facts below are taken, and tokens are cut out of every text.
import { type Coded, errandErrorOf } from './explain.js';

/** Where the bot's log goes. A pino logger fits as it is. */
export interface Log {
  error(facts: Record<string, unknown>, message: string): void;
  warn(facts: Record<string, unknown>, message: string): void;
  info(facts: Record<string, unknown>, message: string): void;
}

/** One line an entry on stderr (errors, warnings) and stdout. */
export const consoleLog: Log = {
  error: (facts, message) => console.error(line('error', facts, message)),
  warn: (facts, message) => console.warn(line('warn', facts, message)),
  info: (facts, message) => console.info(line('info', facts, message)),
};

function line(level: string, facts: Record<string, unknown>, message: string): string {
  const { stack, ...rest } = facts;
  const pairs = Object.entries(rest)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([key, value]) => `${key}=${word(value)}`);
  const text = [level, message, ...pairs].join(' ');
  return typeof stack === 'string' ? `${text}\n${stack}` : text;
}

function word(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return /^[\w.:/@+-]+$/.test(text) ? text : JSON.stringify(text);
}

const phases: Readonly<Record<string, string>> = {
  ERRAND_DNS: 'dns',
  ERRAND_CONNECT: 'connect',
  ERRAND_TLS: 'tls',
  ERRAND_PROXY: 'proxy',
  ERRAND_DISCONNECTED: 'response',
  ERRAND_PROTOCOL: 'response',
  ERRAND_HTTP_STATUS: 'response',
  ERRAND_REDIRECT: 'redirect',
  ERRAND_BODY_TOO_LARGE: 'body',
  ERRAND_DECODE: 'body',
  ERRAND_CONTENT_TYPE: 'body',
  ERRAND_PARSE: 'body',
  ERRAND_VALIDATION: 'body',
  ERRAND_BLOCKED_ADDRESS: 'guard',
  ERRAND_CIRCUIT_OPEN: 'circuit',
  ERRAND_QUEUE_FULL: 'queue',
  ERRAND_RATE_LIMIT: 'rate',
  ERRAND_ABORTED: 'aborted',
  ERRAND_SESSION_CLOSED: 'closed',
};

/** What may be written down of an error: its type, and for requests method, host, phase and attempts. */
export function errorFacts(error: unknown): Record<string, unknown> {
  const known = errandErrorOf(error);
  if (known !== undefined) return errandFacts(known);
  if (isDiscordError(error)) {
    const { name, message, code, status, method } = error;
    return { error: name, code, status, method, route: routeOf(error.url), reason: withoutSecrets(message) };
  }
  if (!(error instanceof Error)) return { error: typeof error, reason: withoutSecrets(String(error)) };
  const code = (error as { code?: unknown }).code;
  const cause =
    error.cause instanceof Error ? withoutSecrets(`${error.cause.name}: ${error.cause.message}`) : undefined;
  return {
    error: error.name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    reason: withoutSecrets(error.message),
    cause,
    stack: error.stack === undefined ? undefined : withoutSecrets(error.stack),
  };
}

function errandFacts(error: Coded): Record<string, unknown> {
  const url = String(error.url ?? '');
  const cause = error.cause as { code?: unknown } | undefined;
  return {
    error: error.name,
    code: error.code,
    method: error.method,
    host: URL.canParse(url) ? new URL(url).host : undefined,
    phase: error.phase ?? phases[error.code],
    attempt: error.attempts,
    status: error.status,
    elapsed: typeof error.elapsed === 'number' ? Math.round(error.elapsed) : undefined,
    cause: typeof cause?.code === 'string' ? cause.code : undefined,
  };
}

interface DiscordError extends Error {
  readonly code?: unknown;
  readonly status: number;
  readonly method: string;
  readonly url: string;
}

function isDiscordError(error: unknown): error is DiscordError {
  const { status, method, url } = (error ?? {}) as Partial<DiscordError>;
  return error instanceof Error && typeof status === 'number' && typeof method === 'string' && typeof url === 'string';
}

/** The path of Discord's API without ids' owners' secrets: interaction and webhook tokens are in it. */
function routeOf(url: string): string {
  const path = URL.canParse(url) ? new URL(url).pathname : url;
  return withoutSecrets(path);
}

const secrets: ReadonlyArray<[RegExp, string]> = [
  [/(\/(?:interactions|webhooks)\/\d+\/)[^/?\s"']+/g, '$1***'],
  // A bot's token: its id in base64, a time stamp, a signature.
  [/\b[\w-]{18,}\.[\w-]{5,8}\.[\w-]{20,}/g, '***'],
  [/\b(Bot|Bearer|Basic) +[\w.~+/=-]{8,}/gi, '$1 ***'],
  [/(:\/\/)[^/@\s"']+@/g, '$1***@'],
  [/([?&][^=&\s"']*(?:key|token|secret|signature|sig|password|auth|code)=)[^&\s"']+/gi, '$1***'],
];

/** The text without tokens, credentials and secret query values. */
export function withoutSecrets(text: string): string {
  return secrets.reduce((shown, [pattern, mask]) => shown.replace(pattern, mask), text);
}
