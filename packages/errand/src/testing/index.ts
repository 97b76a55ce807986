// The front door of `errand/testing`: a network that tests write down, and real ones recorded and played back.
export { type Recording, type RecordOptions, record } from './record.js';
export { replay } from './replay.js';
export type { Failure, Reply, ReplyInit } from './reply.js';
export {
  type Replies,
  type ScriptedRequest,
  type ScriptedRoute,
  type ScriptedWeb,
  scriptedWeb,
  UnexpectedRequestError,
} from './scripted-web.js';
export type { TapeEntry } from './tape.js';
export type { UrlPattern } from './url-pattern.js';
