// THE list: what a request goes through, in order. Composed once, when the session is made; what is switched off is not
// in it. Read it as the table of contents of this library.
import { compose, type Handler, type Middleware } from '../core/handler.js';
import { guard } from '../middleware/guard/guard.js';
import type { Gates } from '../middleware/limit/gates.js';
import { limit } from '../middleware/limit/limit.js';
import type { FieldsFor } from '../middleware/redirect/next-request.js';
import { redirect } from '../middleware/redirect/redirect.js';

/** The mechanisms that a session's list is made of. */
export interface PipelineParts {
  readonly userRequest: readonly Middleware[];
  readonly userAttempt: readonly Middleware[];
  readonly fieldsFor: FieldsFor;
  readonly gates: Gates;
  readonly transport: Handler;
}

export function pipeline(parts: PipelineParts): Handler {
  return compose(
    [
      // once per request
      ...parts.userRequest,
      redirect({ fieldsFor: parts.fieldsFor }),
      // once per hop
      guard(),
      // once per attempt
      ...parts.userAttempt,
      limit(parts.gates),
    ],
    parts.transport,
  );
}
