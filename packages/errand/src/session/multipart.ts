// FormData as multipart/form-data (RFC 7578), streamed part by part. Names and types that could end a header line are
// escaped as browsers do, or refused.
import type { RequestBody } from '../core/body.js';

const lineEnd = '\r\n';

/** @throws TypeError where a part's type holds a control character. */
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
  const disposition = `Content-Disposition: form-data; name="${escaped(withLineEnds(name))}"`;
  if (typeof value === 'string') return disposition;
  const filename = (value as File).name ?? 'blob';
  const type = value.type === '' ? 'application/octet-stream' : value.type;
  if (/[\x00-\x1f\x7f]/.test(type))
    throw new TypeError(`body: the type of the part '${escaped(name)}' holds a control character`);
  if (/\x00/.test(filename)) throw new TypeError(`body: the file name of the part '${escaped(name)}' holds NUL`);
  return `${disposition}; filename="${escaped(filename)}"${lineEnd}Content-Type: ${type}`;
}

/** As the HTML standard says for form-data names. */
function escaped(text: string): string {
  return text.replace(/\n/g, '%0A').replace(/\r/g, '%0D').replace(/"/g, '%22');
}

function withLineEnds(text: string): string {
  return text.replace(/\r\n|\r|\n/g, lineEnd);
}

function sizeOf(value: string | Blob): number {
  return typeof value === 'string' ? Buffer.byteLength(value) : value.size;
}
