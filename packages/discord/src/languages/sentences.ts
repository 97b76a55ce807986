// What a bot says to people when something went wrong: the list of sentences that every language has. A sentence tells
// what happened and what to do, in a friendly tone, and never shows addresses, codes or other internals.

/**
 * One language's sentences. To translate: copy `en.ts`, translate what stands in quotes, and enter the file in
 * `index.ts`. `{when}` becomes a span such as "in 12 seconds", `{wait}` one such as "12 seconds".
 */
export interface Sentences {
  /** The site's name does not exist: often a typing mistake. */
  readonly dns: string;
  /** The site cannot be reached at all. */
  readonly connect: string;
  /** The site's certificate is bad or its encryption does not work. */
  readonly tls: string;
  /** The way out to the internet (a proxy) does not work: the bot's operator has to mend it. */
  readonly proxy: string;
  /** The connection broke in the middle. */
  readonly disconnected: string;
  /** The site is too slow. */
  readonly timeout: string;
  /** Too many other requests to the same site are waiting. */
  readonly busy: string;
  /** The site answers with something that is not proper HTTP. */
  readonly protocol: string;
  /** 404, 410: there is nothing at that address. */
  readonly notFound: string;
  /** 401, 403: the site does not let the bot in. */
  readonly forbidden: string;
  /** 429: the site asks for fewer requests. */
  readonly tooMany: string;
  /** 5xx: the site has a problem of its own. */
  readonly serverError: string;
  /** Any other status from 400: the site does not accept the request. */
  readonly rejected: string;
  /** The site sends the bot in circles or nowhere. */
  readonly redirect: string;
  /** The page or file is larger than the bot takes. */
  readonly tooLarge: string;
  /** The answer is garbled, or not of the kind that was expected. */
  readonly unreadable: string;
  /** The bot must not ask that address (private networks and the like). */
  readonly blocked: string;
  /** The site failed so often that the bot leaves it alone for a while. */
  readonly resting: string;
  /** The same, where it is known for how long. */
  readonly restingUntil: string;
  /** The bot's own limit for that site is used up, and it is known when it may ask again. */
  readonly limitedUntil: string;
  /** What was typed is no usable web address. */
  readonly badUrl: string;
  /** The work was given up, for instance because it was no longer wanted. */
  readonly aborted: string;
  /** The bot is stopping or restarting. */
  readonly restarting: string;
  /** The command took longer than Discord allows. */
  readonly tookTooLong: string;
  /** The same person used the command a moment ago. */
  readonly cooldown: string;
  /** The command exists no more. */
  readonly gone: string;
  /** The command finished without an answer. */
  readonly noAnswer: string;
  /** There is an answer, but Discord does not accept it in any form. */
  readonly unsendable: string;
  /** A note below an answer: its file was left out because it is too large. */
  readonly fileTooLarge: string;
  /** Everything else. */
  readonly unknown: string;
}
