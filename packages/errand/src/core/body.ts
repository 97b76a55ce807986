// Bodies on their way out and in. A request body tells whether it can be sent again; a response body that is not collected
// is pulled, piece by piece, so that a slow reader slows the sender down.

/** A body to be sent. */
export interface RequestBody {
  /** The Content-Type that goes with it where the caller names none. */
  readonly type: string | undefined;
  /** Bytes, where they are known beforehand. */
  readonly length: number | undefined;
  /** Whether {@link open} may be called again. */
  readonly replayable: boolean;
  /** The whole body, where it is in memory already. */
  readonly bytes: Uint8Array | undefined;
  /** Starts to give out the body. */
  open(): AsyncIterable<Uint8Array>;
}

/** A body that comes piece by piece. Whoever holds one closes it. */
export interface BodySource {
  /** The next piece; undefined when the body is complete. Rejects when it is cut short. One pull at a time. */
  pull(): Promise<Uint8Array | undefined>;
  /** Gives the connection back: drains what little is left, else closes it. Idempotent; never rejects. */
  close(): Promise<void>;
}
