// A page in a person's hands that only plays one, and remembers what was done to it.
import type { ShownPage } from '../../src/tickets/live-view.js';

export class PlayedPage implements ShownPage {
  readonly done: string[] = [];
  look = 'first';
  text = '<h1>Inside</h1>';
  #close = () => {};
  readonly closed = new Promise<void>((resolve) => {
    this.#close = resolve;
  });

  readonly #ending: () => void;

  constructor(ending: () => void = () => {}) {
    this.#ending = ending;
  }

  screenshot = async () => new TextEncoder().encode(this.look);
  pointer = async (step: string, x: number, y: number) => void this.done.push(`${step} ${x} ${y}`);
  type = async (text: string) => void this.done.push(`type ${text}`);
  press = async (key: string) => {
    if (key === 'Nonsense') throw new Error('Unknown key');
    this.done.push(`press ${key}`);
  };
  scroll = async (distance: number) => void this.done.push(`scroll ${distance}`);
  reload = async () => void this.done.push('reload');
  url = () => 'http://site.test/';
  html = async () => this.text;
  status = () => 200;
  close = async () => {
    this.#ending();
    this.#close();
  };
}
