// The log of the service: JSON lines in which no key, password or cookie ever stands, whatever somebody hands in.
import { type DestinationStream, destination, type Logger, pino, stdSerializers } from 'pino';

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

/** Members whose values are nobody's business, however deep they stand. */
const named = /^(?:authorization|cookies?|set-cookie|auth_key|api_key|token|password|secret)$/i;
/** Lines that may have one; the others, nearly all, are not read for them. */
const naming = /"(?:authorization|cookies?|set-cookie|auth_key|api_key|token|password|secret)":/i;

/** Last line of defence: text that looks like a secret, wherever in a line it is. */
const patterns: ReadonlyArray<readonly [RegExp, string]> = [
  [/pgk_[\w-]+/g, 'pgk_***'],
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@"'\\]+@/gi, '$1***@'],
  [/([?&;](?:[\w.~%-]*(?:key|token|secret|signature|sig|password|auth|code))=)[^&\s"'\\#]+/gi, '$1***'],
  [/\b(bearer|basic) +[\w.~+/=-]{6,}/gi, '$1 ***'],
];

/** @param line JSON, as pino writes it. */
function redacted(line: string): string {
  const clean = naming.test(line) ? withoutNamed(line) : line;
  return patterns.reduce((text, [pattern, instead]) => text.replace(pattern, instead), clean);
}

function withoutNamed(line: string): string {
  try {
    return `${JSON.stringify(JSON.parse(line, (name, value) => (named.test(name) ? '***' : value)))}\n`;
  } catch {
    return '{"level":40,"msg":"a line was left out: it could not be read for secrets"}\n';
  }
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
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: stdSerializers.errWithCause },
      hooks: { streamWrite: redacted },
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
