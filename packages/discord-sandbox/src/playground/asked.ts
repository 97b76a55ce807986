// Reads one text from a page into one of the protocol's messages. Anything else, in whatever way, is undefined.
import type { FaultCall, FieldValue, FromPage, OptionValue, SentFile } from './protocol.js';

export type Asked = Extract<FromPage, { request: number }>;
type Fields = Readonly<Record<string, unknown>>;

const LONGEST = 6_000;

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= LONGEST;
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';
const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isPlain = (value: unknown): value is string | number | boolean =>
  isText(value) || isNumber(value) || isFlag(value);
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
const isFile = (value: unknown): value is SentFile =>
  isRecord(value) && isText(value.filename) && isText(value.contentType) && typeof value.base64 === 'string';
const isFiles = (value: unknown): value is SentFile[] => Array.isArray(value) && value.every(isFile);
const isOption = (value: unknown): value is OptionValue => isPlain(value) || isFile(value);
const isField = (value: unknown): value is FieldValue =>
  isText(value) || isFlag(value) || isTexts(value) || isFiles(value);
const allOf =
  <T>(check: (value: unknown) => value is T) =>
  (value: unknown): value is Record<string, T> =>
    isRecord(value) && Object.values(value).every(check);
const maybe =
  <T>(check: (value: unknown) => value is T) =>
  (value: unknown): value is T | undefined =>
    value === undefined || check(value);
const isAmount = (value: unknown): value is number => isNumber(value) && value >= 0 && value <= 86_400_000;

const faults: Readonly<Record<FaultCall['name'], Readonly<Record<string, (value: unknown) => boolean>>>> = {
  dropGateway: {},
  requestReconnect: {},
  invalidateSession: { resumable: isFlag },
  withholdHeartbeatAcks: { on: isFlag },
  rateLimit: { route: isText, retryAfter: isAmount, times: isAmount },
  stallCallbacks: { ms: isAmount },
  failRest: { status: (value) => isNumber(value) && value >= 400 && value <= 599, times: isAmount },
};

const isFault = (value: unknown): value is FaultCall => {
  if (!isRecord(value) || !isText(value.name) || !Object.hasOwn(faults, value.name)) return false;
  return Object.entries(faults[value.name as FaultCall['name']]).every(([key, check]) => check(value[key]));
};

const shapes: Readonly<Record<FromPage['type'], Readonly<Record<string, (value: unknown) => boolean>>>> = {
  enter: { user: isText, locale: isText },
  guild: { request: isNumber, name: isName },
  channel: { request: isNumber, guild: isText, name: isName },
  command: { request: isNumber, channel: isText, name: isText, options: allOf(isOption) },
  autocomplete: {
    request: isNumber,
    channel: isText,
    name: isText,
    focused: isText,
    typed: isText,
    options: allOf(isPlain),
  },
  menu: { request: isNumber, channel: isText, name: isText, target: isText },
  component: { request: isNumber, message: isText, customId: isText, values: maybe(isTexts) },
  modal: { request: isNumber, interaction: isText, fields: allOf(isField) },
  say: { request: isNumber, channel: isText, content: isText, files: isFiles, replyTo: maybe(isText) },
  typing: { channel: isText },
  dismiss: { message: isText },
  fault: { request: isNumber, fault: isFault },
};

function isName(value: unknown): value is string {
  return isText(value) && value.trim() !== '' && value.length <= 100;
}

export function read(text: string): FromPage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || !isText(value.type) || !Object.hasOwn(shapes, value.type)) return undefined;
  const fields = value;
  const shape = shapes[value.type as FromPage['type']];
  return Object.entries(shape).every(([key, check]) => check(fields[key])) ? (value as unknown as FromPage) : undefined;
}
