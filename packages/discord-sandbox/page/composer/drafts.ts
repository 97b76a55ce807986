// Lets other parts of the page put a text into the composer, without knowing how it works.
type Writer = (text: string) => void;

let writer: Writer | undefined;

export function onCompose(write: Writer): () => void {
  writer = write;
  return () => {
    if (writer === write) writer = undefined;
  };
}

export function compose(text: string): void {
  writer?.(text);
}
