/**
 * A request that Discord would turn down, in Discord's words and numbers. Thrown by whoever finds the fault, written
 * out by the REST door or by the driver; never carries a token.
 */
import type { DiscordError } from './world/types.js';

/** Discord's tree of faults in a form: `{ embeds: { 0: { title: { _errors: [{ code, message }] } } } }`. */
interface FormFault {
  readonly code: string;
  readonly message: string;
}
export interface FormFaults {
  _errors?: FormFault[];
  [key: string]: FormFaults | FormFault[] | undefined;
}

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: number;
  readonly errors: FormFaults | undefined;

  constructor(status: number, code: number, message: string, errors?: FormFaults) {
    super(message);
    this.status = status;
    this.code = code;
    this.errors = errors;
  }

  toJSON(): { message: string; code: number; errors?: FormFaults } {
    return { message: this.message, code: this.code, ...(this.errors ? { errors: this.errors } : {}) };
  }

  get fact(): DiscordError {
    const where = this.errors ? firstFault(this.errors) : undefined;
    return { status: this.status, code: this.code, message: where ? `${this.message}: ${where}` : this.message };
  }
}

function firstFault(faults: FormFaults, path = ''): string | undefined {
  const own = faults._errors?.[0];
  if (own) return `${path || 'body'}: ${own.message}`;
  for (const [key, value] of Object.entries(faults)) {
    if (key === '_errors' || value === undefined || Array.isArray(value)) continue;
    const found = firstFault(value, path ? `${path}.${key}` : key);
    if (found) return found;
  }
  return undefined;
}

export const refuse = {
  unauthorized: () => new Refusal(401, 0, '401: Unauthorized'),
  notFound: () => new Refusal(404, 0, '404: Not Found'),
  methodNotAllowed: () => new Refusal(405, 0, '405: Method Not Allowed'),
  unknownUser: () => new Refusal(404, 10013, 'Unknown User'),
  unknownApplication: () => new Refusal(404, 10002, 'Unknown Application'),
  unknownChannel: () => new Refusal(404, 10003, 'Unknown Channel'),
  unknownGuild: () => new Refusal(404, 10004, 'Unknown Guild'),
  unknownMember: () => new Refusal(404, 10007, 'Unknown Member'),
  unknownMessage: () => new Refusal(404, 10008, 'Unknown Message'),
  unknownWebhook: () => new Refusal(404, 10015, 'Unknown Webhook'),
  unknownInteraction: () => new Refusal(404, 10062, 'Unknown interaction'),
  unknownCommand: () => new Refusal(404, 10063, 'Unknown application command'),
  tooLarge: () => new Refusal(413, 40005, 'Request entity too large'),
  alreadyAcknowledged: () => new Refusal(400, 40060, 'Interaction has already been acknowledged.'),
  tooManyFollowUps: () => new Refusal(400, 40094, 'This interaction has hit the maximum number of follow up messages.'),
  missingAccess: () => new Refusal(403, 50001, 'Missing Access'),
  notAuthor: () => new Refusal(403, 50005, 'Cannot edit a message authored by another user'),
  notOnDirect: () => new Refusal(403, 50003, 'Cannot execute action on a DM channel'),
  emptyMessage: () => new Refusal(400, 50006, 'Cannot send an empty message'),
  expiredToken: () => new Refusal(401, 50027, 'Invalid Webhook Token'),
  badJson: () => new Refusal(400, 50109, 'The request body contains invalid JSON.'),
} as const;

export function badForm(errors: FormFaults): Refusal {
  return new Refusal(400, 50035, 'Invalid Form Body', errors);
}

/** A form with one fault, at `path`. */
export function badField(path: string[], code: string, message: string): Refusal {
  const faults = path.reduceRight<FormFaults>((inner, key) => ({ [key]: inner }), { _errors: [{ code, message }] });
  return badForm(faults);
}
