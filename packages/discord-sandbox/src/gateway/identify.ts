/**
 * The first frames of a bot, IDENTIFY and RESUME, and what it may ask for later, read strictly. A fault is the close
 * code that Discord gives for it.
 */
import { GatewayCloseCodes as Close } from 'discord-api-types/v10';
import { isRecord } from '../rest/form.js';
import { KNOWN, PRIVILEGED } from './intents.js';

export interface Fault {
  readonly close: number;
  readonly reason: string;
}

export interface Identify {
  readonly intents: number;
  readonly shard: readonly [number, number];
}

export interface Resume {
  readonly session: string;
  readonly sequence: number;
}

const fault = (close: number, reason: string): Fault => ({ close, reason });
const AUTHENTICATION = fault(Close.AuthenticationFailed, 'Authentication failed.');
const DECODE = fault(Close.DecodeError, 'Error while decoding payload.');

export function isFault(value: object): value is Fault {
  return 'close' in value;
}

export function readIdentify(data: unknown, token: string, privileged: boolean): Identify | Fault {
  if (!isRecord(data) || typeof data.token !== 'string') return DECODE;
  if (bare(data.token) !== token) return AUTHENTICATION;
  const { intents, shard = [0, 1], compress } = data;
  if (compress === true)
    return fault(Close.DecodeError, 'Compression is off in the sandbox: identify without compress.');
  if (typeof intents !== 'number' || !Number.isInteger(intents) || intents < 0 || (intents & ~KNOWN) !== 0) {
    return fault(Close.InvalidIntents, 'Invalid intent(s).');
  }
  if (!privileged && (intents & PRIVILEGED) !== 0) return fault(Close.DisallowedIntents, 'Disallowed intent(s).');
  if (!isShard(shard)) return fault(Close.InvalidShard, 'Invalid shard.');
  return { intents, shard };
}

export function readResume(data: unknown, token: string): Resume | Fault {
  if (!isRecord(data) || typeof data.session_id !== 'string') return DECODE;
  if (typeof data.token !== 'string' || bare(data.token) !== token) return AUTHENTICATION;
  const sequence = data.seq;
  if (typeof sequence !== 'number' || !Number.isInteger(sequence) || sequence < 0)
    return fault(Close.InvalidSeq, 'Invalid seq.');
  return { session: data.session_id, sequence };
}

function isShard(shard: unknown): shard is [number, number] {
  if (!Array.isArray(shard) || shard.length !== 2 || !shard.every(Number.isInteger)) return false;
  const [id, count] = shard as [number, number];
  return id >= 0 && count >= 1 && id < count;
}

function bare(token: string): string {
  return token.replace(/^Bot\s+/i, '');
}
