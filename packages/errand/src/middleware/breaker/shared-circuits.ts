// Circuits that several processes share: each judges by its own requests, tells the others how they went, and believes them
// when they say that a host is down or back. Where the others are out of reach, each goes by what it sees itself.
import { Circuit, type Outcome } from './circuit.js';
import { Circuits } from './circuits.js';
import type { BreakerSettings } from './options.js';

/** Where processes tell each other of hosts. Nothing here is waited for, and nothing fails. */
export interface CircuitBoard {
  /** A request went so. Whoever finds that the host is down for all tells everybody, this process included. */
  count(host: string, failed: boolean, settings: BreakerSettings): void;
  /** The host is left alone for so many milliseconds from now; 0: it is back. */
  tell(host: string, openFor: number): void;
  /** What is known of a host that was not asked before; told as any other word. */
  ask(host: string): void;
  close(): void;
}

/** `heard` is told the host, and for how many milliseconds it is down; 0: it is back. */
export type OpenBoard = (heard: (host: string, openFor: number) => void) => CircuitBoard;

export class SharedCircuits extends Circuits {
  readonly #board: CircuitBoard;

  constructor(settings: BreakerSettings, open: OpenBoard) {
    super(settings, (host) => {
      this.#board.ask(host);
      return new SharedCircuit(host, settings, this.#board);
    });
    this.#board = open((host, openFor) => this.#heard(host, openFor));
  }

  override close(): void {
    this.#board.close();
  }

  #heard(host: string, openFor: number): void {
    const circuit = openFor > 0 ? this.of(host, performance.now()) : this.known(host);
    if (openFor > 0) circuit?.open(performance.now(), openFor);
    else circuit?.shut();
  }
}

class SharedCircuit extends Circuit {
  readonly #host: string;
  readonly #settings: BreakerSettings;
  readonly #board: CircuitBoard;

  constructor(host: string, settings: BreakerSettings, board: CircuitBoard) {
    super(settings);
    this.#host = host;
    this.#settings = settings;
    this.#board = board;
  }

  override probe(prober: object, now: number): boolean {
    const mine = super.probe(prober, now);
    // Whoever hears this leaves the finding out to this process.
    if (mine) this.#board.tell(this.#host, this.#settings.openFor);
    return mine;
  }

  override record(outcome: Outcome, now: number): void {
    if (!this.closed || outcome === 'unknown') return;
    super.record(outcome, now);
    this.#board.count(this.#host, outcome === 'failure', this.#settings);
    if (!this.closed) this.#board.tell(this.#host, this.#settings.openFor);
  }

  override probed(outcome: Outcome, now: number): void {
    super.probed(outcome, now);
    if (outcome !== 'unknown') this.#board.tell(this.#host, outcome === 'failure' ? this.#settings.openFor : 0);
  }
}
