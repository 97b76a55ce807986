// Every way in which a request ends badly becomes one RFC 9457 problem: ours, the framework's, and those of sockets that
// never spoke HTTP. Nothing unknown is told to callers; it goes to the log.
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../core/problem.js';
import { problemHeaders } from './page-headers.js';

export const problemType = 'application/problem+json';

/** The framework's errors, by their codes. */
const foreign: Readonly<Record<string, (error: FastifyError) => Problem>> = {
  FST_ERR_BAD_URL: () => new Problem('bad_request', 'The path holds a percent sign that two hex digits do not follow.'),
  FST_ERR_CTP_BODY_TOO_LARGE: () => new Problem('too_large', 'The body of the request is larger than is taken here.'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () =>
    new Problem('unsupported_media_type', 'The content-type of the body is not one that is read here, or is misspelt.'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    new Problem('bad_request', 'The body is not as long as content-length says.'),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => new Problem('bad_parameter', 'The body is empty, and JSON was promised.'),
  FST_ERR_CTP_INVALID_JSON_BODY: () => new Problem('bad_parameter', 'The body is not valid JSON.'),
  FST_ERR_MAX_PARAM_LENGTH: () => new Problem('not_found', 'There is nothing at this address.'),
};

export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { code, statusCode } = error as FastifyError;
  const known = foreign[code];
  if (known) return known(error as FastifyError);
  if (error instanceof SyntaxError && statusCode === 400)
    return new Problem('bad_parameter', 'The body is not valid JSON.');
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new Problem(statusCode === 413 ? 'too_large' : 'bad_request', 'The request could not be read.', {
      cause: error,
    });
  }
  return new Problem('internal', 'Something went wrong here; the request id finds it in the log.', { cause: error });
}

/** Fastify's error handler. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error);
  request.problem = problem;
  if (problem.code === 'internal') {
    request.log.error(
      { requestId: request.id, err: problem.cause ?? problem },
      'a call failed in a way that nobody foresaw',
    );
  }
  return reply
    .code(problem.status)
    .headers(problemHeaders(problem, request))
    .type(problemType)
    .send(Buffer.from(JSON.stringify({ ...problem.toJSON(), requestId: request.id })));
}

/** For what never became a request. */
export function refuseSocket(error: NodeJS.ErrnoException, socket: Socket): void {
  const { _httpMessage: answering } = socket as Socket & { _httpMessage?: { headersSent?: boolean } };
  if (error.code === 'ECONNRESET' || !socket.writable || answering?.headersSent) {
    socket.destroy();
    return;
  }
  socket.end(rawAnswer(socketProblem(error.code)));
  // A sender that goes on sending would keep the socket for as long as it likes.
  socket.setTimeout(1000, () => socket.destroy());
}

function socketProblem(code: string | undefined): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new Problem(
      'headers_too_large',
      'The address and headers together are larger than is taken here; long parameters fit better into POST /v1/jobs.',
    );
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new Problem('request_timeout', 'The request did not arrive in time.');
  }
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW')
    return new Problem('too_large', 'The chunk extensions of the body are too large.');
  return new Problem('bad_request', 'What came is not a valid HTTP/1.1 request.');
}

/** A whole answer, as it goes over the wire. */
export function rawAnswer(problem: Problem): string {
  const body = JSON.stringify(problem.toJSON());
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    `content-type: ${problemType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
