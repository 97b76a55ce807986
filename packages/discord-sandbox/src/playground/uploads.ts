// Files that a user sends from the page: decoded, held to Discord's size, and kept where the world keeps its files.

import type { FieldValue as WorldField } from '../world/components.js';
import type { Upload } from '../world/files.js';
import { ATTACHMENT_LIMIT } from '../world/invoke.js';
import type { World } from '../world/world.js';
import type { FieldValue, OptionValue, SentFile } from './protocol.js';

type Plain = string | number | boolean;

export class Uploads {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  bytes(file: SentFile): Upload {
    const data = Buffer.from(file.base64, 'base64');
    if (data.length > ATTACHMENT_LIMIT) {
      throw new Error(`${file.filename} is too large: at most ${ATTACHMENT_LIMIT / 1024 ** 2} MB.`);
    }
    return {
      filename: file.filename,
      data,
      ...(file.contentType === '' ? {} : { contentType: file.contentType }),
    };
  }

  options(options: Readonly<Record<string, OptionValue>>, channel: string): Record<string, Plain> {
    return Object.fromEntries(
      Object.entries(options).map(([name, value]) => [
        name,
        typeof value === 'object' ? this.#keep(value, channel) : value,
      ]),
    );
  }

  fields(fields: Readonly<Record<string, FieldValue>>, channel: string): Record<string, WorldField> {
    return Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [
        name,
        typeof value === 'object'
          ? value.map((each) => (typeof each === 'string' ? each : this.#keep(each, channel)))
          : value,
      ]),
    );
  }

  #keep(file: SentFile, channel: string): string {
    return this.#world.files.store(this.bytes(file), 'ephemeral-attachments', channel).id;
  }
}
