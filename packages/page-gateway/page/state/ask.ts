// Asks the service: every question carries the dashboard's own header, and what goes wrong is one error in the service's words.
import { ownHeader } from '../../src/dashboard/protocol.js';

export class Refusal extends Error {
  readonly code: string;
  readonly status: number;

  constructor(detail: string, code: string, status: number) {
    super(detail);
    this.code = code;
    this.status = status;
  }
}

export interface Question {
  readonly method?: 'GET' | 'POST';
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** Told when the service does not know us any more. */
export const turnedOut = new EventTarget();

/** The answer as it is, whatever it is. @throws Refusal where there is none */
export async function send(path: string, { method = 'GET', body, signal }: Question = {}): Promise<Response> {
  const answer = await fetch(`/dashboard/${path}`, {
    method,
    headers: { [ownHeader]: '1', ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new Refusal('The service is away.', 'away', 0);
  });
  if (answer.status === 401 && path !== 'sign-in') turnedOut.dispatchEvent(new Event('out'));
  return answer;
}

/** @throws Refusal */
export async function ask<T>(path: string, question: Question = {}): Promise<T> {
  const answer = await send(path, question);
  if (!answer.ok) throw await refusalOf(answer);
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

export async function refusalOf(answer: Response): Promise<Refusal> {
  const problem = (await answer.json().catch(() => ({}))) as { detail?: string; code?: string };
  return new Refusal(
    problem.detail ?? `The service answered ${answer.status}.`,
    problem.code ?? 'unknown',
    answer.status,
  );
}
