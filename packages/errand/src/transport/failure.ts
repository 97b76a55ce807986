// What the parser and the socket report, as errors of the family.
import { DisconnectedError, ErrandError, ProtocolError } from '../errors.js';

/** What the caller's own code failed with while the exchange went on. */
export function callerFailure(what: string, cause: unknown): ErrandError {
  if (cause instanceof ErrandError) return cause;
  return new ErrandError(`${what} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
}

/** The error of the family that this failure of an exchange is. `broken` is what the socket itself failed with. */
export function exchangeFailure(error: unknown, broken: Error | undefined, inBody: boolean): ErrandError {
  if (error instanceof ErrandError) return error;
  if (broken instanceof ErrandError) return broken;
  const where = inBody ? 'in the middle of the response body' : 'before the response';
  const cause = (isSystemError(broken) ? broken : error) as Error;
  if (codeOf(cause) === 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH')
    return new ErrandError('the request body is not as long as its content-length says', { cause });
  if (isSystemError(cause)) return new DisconnectedError(`the connection failed ${where}: ${cause.message}`, { cause });
  if (codeOf(cause) === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' && !inBody)
    return new ProtocolError('the response has no one length', { cause });
  if (isDisconnection(cause)) return new DisconnectedError(`the server closed the connection ${where}`, { cause });
  if (codeOf(cause) === 'UND_ERR_HEADERS_OVERFLOW') {
    return new ProtocolError('the response head is longer than maxHeaderSize', { cause });
  }
  return new ProtocolError(`the response is not valid HTTP: ${cause.message}`, { cause });
}

/** What the operating system or TLS reports, as against what the parser makes of the bytes. */
function isSystemError(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && /^(?:E[A-Z0-9]+|ERR_(?:SSL|TLS|SOCKET|STREAM|HTTP2)_.*)$/.test(code);
}

const disconnections = new Set([
  'UND_ERR_SOCKET',
  'UND_ERR_INFO',
  'UND_ERR_ABORTED',
  'UND_ERR_DESTROYED',
  'UND_ERR_CLOSED',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'HPE_INVALID_EOF_STATE',
]);

function isDisconnection(error: Error): boolean {
  // What the parser says of an end in the middle, without a code.
  if (error.name === 'HTTPParserError' && error.message.includes('Invalid EOF state')) return true;
  return disconnections.has(codeOf(error) ?? '') && error.message !== 'bad response' && error.message !== 'bad upgrade';
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}
