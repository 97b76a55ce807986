// FormData as multipart/form-data (RFC 7578), streamed part by part. Names and types that could end a header line are
// refused.
import type { RequestBody } from '../core/body.js';

const lineEnd = '\r\n';

/** @throws TypeError where a part's name, file name or type holds a control character. */
export function multipart(form: FormData, boundary: string): RequestBody {
  const parts: Array<{ head: Buffer; value: string | Blob }> = [];
  let length = 0;
  for (const [name, value] of form) {
    const head = Buffer.from(`--${boundary}${lineEnd}${partHead(name, value)}${lineEnd}${lineEnd}`);
    parts.push({ head, value: typeof value === 'string' ? withLineEnds(value) : value });
    length += head.length + sizeOf(parts[parts.length - 1]!.value) + lineEnd.length;
  }
  const tail = Buffer.from(`--${boundary}--${lineEnd}`);
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    bytes: undefined,
    length: length + tail.length,
    replayable: true,
    async *open() {
      for (const { head, value } of parts) {
        yield head;
        if (typeof value === 'string') yield Buffer.from(value);
        else yield* value.stream() as unknown as AsyncIterable<Uint8Array>;
        yield Buffer.from(lineEnd);
      }
      yield tail;
    },
  };
}

function partHead(name: string, value: string | Blob): string {
  const disposition = `Content-Disposition: form-data; name="${quotable(name, 'name', name)}"`;
  if (typeof value === 'string') return disposition;
  const filename = quotable((value as File).name ?? 'blob', 'file name', name);
  const type = value.type === '' ? 'application/octet-stream' : quotable(value.type, 'type', name);
  return `${disposition}; filename="${filename}"${lineEnd}Content-Type: ${type}`;
}

/** Quotes as the HTML standard escapes them. */
function quotable(text: string, what: string, part: string): string {
  if (control.test(text)) {
    const shown = part.replace(/[^\x20-\x7e]/g, '·').slice(0, 60);
    throw new TypeError(`body: the ${what} of the part '${shown}' holds a control character`);
  }
  return what === 'type' ? text : text.replace(/"/g, '%22');
}

const control = /[\x00-\x1f\x7f]/;

function withLineEnds(text: string): string {
  return text.replace(/\r\n|\r|\n/g, lineEnd);
}

function sizeOf(value: string | Blob): number {
  return typeof value === 'string' ? Buffer.byteLength(value) : value.size;
}
