// Request bodies as callers give them, made ready to be sent. Mistakes throw TypeError at the call; a body that can only be
// read once says so, and is not sent twice.
import { randomBytes } from 'node:crypto';
import type { RequestBody } from '../core/body.js';
import { multipart } from './multipart.js';

/** string, bytes, Blob, FormData (multipart), Readable, ReadableStream, AsyncIterable, or a function returning one (replayable). */
export type BodyInput =
  | string
  | ArrayBuffer
  | ArrayBufferView
  | Blob
  | FormData
  | URLSearchParams
  | AsyncIterable<Uint8Array | string>
  | ReadableStream<Uint8Array | string>
  | (() => BodyInput | Promise<BodyInput>);

export type FormInput = Record<string, string | number | boolean> | URLSearchParams;

/** The body that the options of a call describe; undefined where they name none. */
export function readBody(options: { json?: unknown; form?: FormInput; body?: BodyInput }): RequestBody | undefined {
  const given = (['json', 'form', 'body'] as const).filter((name) => options[name] !== undefined);
  if (given.length === 0) return undefined;
  if (given.length > 1) throw new TypeError(`body: expected one of json, form and body, got ${given.join(' and ')}`);
  if (options.json !== undefined) return jsonBody(options.json);
  if (options.form !== undefined) return formBody(options.form);
  return options.body === null ? undefined : bodyOf(options.body as BodyInput);
}

function jsonBody(value: unknown): RequestBody {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw new TypeError(`json: the value cannot be written as JSON: ${(error as Error).message}`);
  }
  if (text === undefined) throw new TypeError(`json: a ${typeof value} cannot be written as JSON`);
  return inMemory(Buffer.from(text), 'application/json');
}

function formBody(form: FormInput): RequestBody {
  const fields = form instanceof URLSearchParams ? form : new URLSearchParams();
  if (fields !== form) {
    if (!isPlain(form))
      throw new TypeError('form: expected an object of names and values, or URLSearchParams; FormData goes as `body`');
    for (const [name, value] of Object.entries(form)) {
      if (value === undefined || value === null) continue;
      if (typeof value === 'object')
        throw new TypeError(`form: the value of '${name}' is an object; expected text, a number or a boolean`);
      fields.append(name, String(value));
    }
  }
  return inMemory(Buffer.from(fields.toString()), 'application/x-www-form-urlencoded;charset=UTF-8');
}

function bodyOf(input: BodyInput): RequestBody {
  if (typeof input === 'string') return inMemory(Buffer.from(input), 'text/plain;charset=UTF-8');
  if (input instanceof ArrayBuffer) return inMemory(new Uint8Array(input), undefined);
  if (ArrayBuffer.isView(input))
    return inMemory(new Uint8Array(input.buffer, input.byteOffset, input.byteLength), undefined);
  if (input instanceof URLSearchParams) return formBody(input);
  if (input instanceof FormData) return multipart(input, `errand-${randomBytes(24).toString('hex')}`);
  if (input instanceof Blob) return blobBody(input);
  if (typeof input === 'function') return factoryBody(input);
  if (isAsyncIterable(input)) return onceOnly(input);
  throw new TypeError(
    `body: expected text, bytes, Blob, FormData, a stream or a function returning one, got ${typeof input}`,
  );
}

function inMemory(bytes: Uint8Array, type: string | undefined): RequestBody {
  return {
    type,
    bytes,
    length: bytes.length,
    replayable: true,
    async *open() {
      yield bytes;
    },
  };
}

function blobBody(blob: Blob): RequestBody {
  const open = () => blob.stream() as unknown as AsyncIterable<Uint8Array>;
  return {
    type: blob.type === '' ? undefined : blob.type,
    bytes: undefined,
    length: blob.size,
    replayable: true,
    open,
  };
}

function factoryBody(make: () => BodyInput | Promise<BodyInput>): RequestBody {
  return {
    type: undefined,
    bytes: undefined,
    length: undefined,
    replayable: true,
    async *open() {
      const made = await make();
      // Its boundary stands in a header, which is sent before this is called.
      if (made instanceof FormData)
        throw new TypeError('body: a function cannot return FormData; give the FormData itself, it can be sent again');
      yield* bodyOf(made).open();
    },
  };
}

function onceOnly(input: AsyncIterable<Uint8Array | string>): RequestBody {
  return { type: undefined, bytes: undefined, length: undefined, replayable: false, open: () => toBytes(input) };
}

async function* toBytes(input: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const piece of input) {
    if (typeof piece === 'string') yield Buffer.from(piece);
    else if (ArrayBuffer.isView(piece)) yield new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
    else if (piece instanceof ArrayBuffer) yield new Uint8Array(piece);
    else throw new TypeError(`body: a stream gave a ${typeof piece}; expected bytes or text`);
  }
}

function isAsyncIterable(input: unknown): input is AsyncIterable<Uint8Array | string> {
  return typeof input === 'object' && input !== null && Symbol.asyncIterator in input;
}

/** Whether its entries are what it holds: no Map, no list, no FormData. */
export function isPlain(input: unknown): input is Record<string, unknown> {
  return typeof input === 'object' && input !== null && !(Symbol.iterator in input);
}
