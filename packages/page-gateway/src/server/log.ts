// The log of the service: JSON lines in which no key, password or cookie ever stands, whatever somebody hands in.
import { type DestinationStream, destination, type Logger, pino, stdSerializers } from 'pino';

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

const named = [
  'authorization',
  'cookie',
  'cookies',
  'auth_key',
  'api_key',
  'token',
  'password',
  'secret',
  'set-cookie',
];
const paths = named.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]);

/** Last line of defence: text that looks like a secret, wherever in a line it is. */
const patterns: ReadonlyArray<readonly [RegExp, string]> = [
  [/pgk_[\w-]+/g, 'pgk_***'],
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@"'\\]+@/gi, '$1***@'],
  [/([?&;](?:[\w.~%-]*(?:key|token|secret|signature|sig|password|auth|code))=)[^&\s"'\\#]+/gi, '$1***'],
  [/\b(bearer|basic) +[\w.~+/=-]{6,}/gi, '$1 ***'],
];

export function withoutSecrets(text: string): string {
  return patterns.reduce((clean, [pattern, instead]) => clean.replace(pattern, instead), text);
}

export function makeLog({
  level = 'info',
  to,
}: {
  level?: LogLevel | undefined;
  to?: DestinationStream | undefined;
}): Logger {
  return pino(
    {
      level,
      base: null,
      redact: { paths, censor: '***' },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: stdSerializers.errWithCause },
      hooks: { streamWrite: withoutSecrets },
    },
    to ?? standardError(),
  );
}

let stderr: DestinationStream | undefined;

/** One for all gateways of the process. A line in a busy service waits for others, some moments at most: a write each costs more than the line. */
function standardError(): DestinationStream {
  stderr ??= destination({ dest: 2, sync: false, minLength: 4096, periodicFlush: 100 });
  return stderr;
}
