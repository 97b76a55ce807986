// Sends what the composer has ready: messages and commands, their files as base64.
import type { OptionValue, SentFile } from '../../src/playground/protocol.js';
import { ask, send } from '../state/link.js';
import { current, update } from '../state/store.js';

const TYPING_EVERY = 8_000;
let toldAt = 0;

export async function sendMessage(channel: string, content: string, files: readonly File[]): Promise<void> {
  const replyTo = current().replyTo;
  update((state) => ({ ...state, replyTo: null }));
  toldAt = 0;
  await ask({
    type: 'say',
    channel,
    content,
    files: await Promise.all(files.map(encoded)),
    ...(replyTo?.channel === channel ? { replyTo: replyTo.id } : {}),
  });
}

export async function sendCommand(
  channel: string,
  name: string,
  values: Readonly<Record<string, string | number | boolean | File>>,
): Promise<void> {
  const options: Record<string, OptionValue> = {};
  for (const [option, value] of Object.entries(values)) {
    options[option] = value instanceof File ? await encoded(value) : value;
  }
  await ask({ type: 'command', channel, name, options });
}

export function tellTyping(channel: string): void {
  if (Date.now() - toldAt < TYPING_EVERY) return;
  toldAt = Date.now();
  send({ type: 'typing', channel });
}

export function encoded(file: File): Promise<SentFile> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onerror = () => reject(new Error(`${file.name} could not be read.`));
    reader.onload = () => {
      const base64 = String(reader.result).replace(/^[^,]*,/, '');
      resolve({ filename: file.name, contentType: file.type, base64 });
    };
    reader.readAsDataURL(file);
  });
}
