// What the parser and the socket report, as errors of the family.
import { DisconnectedError, ErrandError, ProtocolError } from '../errors.js';

/** The error of the family that this failure of an exchange is. `broken` is what the socket itself failed with. */
export function exchangeFailure(error: unknown, broken: Error | undefined, inBody: boolean): ErrandError {
  if (error instanceof ErrandError) return error;
  if (broken instanceof ErrandError) return broken;
  const { code, message = String(error) } = error as { code?: string; message?: string };
  const where = inBody ? 'in the middle of the response body' : 'before the response';
  if (broken !== undefined) {
    return new DisconnectedError(`the connection failed ${where}: ${broken.message}`, { cause: broken });
  }
  switch (code) {
    case 'UND_ERR_SOCKET':
    case 'UND_ERR_INFO':
    case 'UND_ERR_ABORTED':
    case 'UND_ERR_DESTROYED':
    case 'UND_ERR_CLOSED':
      if (message === 'bad response' || message === 'bad upgrade') break;
      return new DisconnectedError(`the server closed the connection ${where}`, { cause: error });
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
    case 'HPE_INVALID_EOF_STATE':
      return new DisconnectedError(`the server closed the connection ${where}`, { cause: error });
    case 'UND_ERR_HEADERS_OVERFLOW':
      return new ProtocolError('the response head is longer than maxHeaderSize', { cause: error });
  }
  if (code?.startsWith('HPE_') || code?.startsWith('UND_ERR') || code === 'ERR_ASSERTION') {
    return new ProtocolError(`the response is not valid HTTP: ${message}`, { cause: error });
  }
  if (code !== undefined && /^E[A-Z]+$/.test(code)) {
    return new DisconnectedError(`the connection failed ${where}: ${message}`, { cause: error });
  }
  return new ProtocolError(`the response could not be read: ${message}`, { cause: error });
}
