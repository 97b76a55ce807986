// An intrusive doubly linked list: O(1) push, shift and removal, no allocation per element beyond the element itself.
// An element is in one list at a time.

/** What a {@link LinkedList} holds: objects that lend it two fields. */
export interface Linked<T> {
  previous: T | undefined;
  next: T | undefined;
}

export class LinkedList<T extends Linked<T>> implements Iterable<T> {
  #head: T | undefined;
  #tail: T | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): T | undefined {
    return this.#head;
  }

  get last(): T | undefined {
    return this.#tail;
  }

  push(element: T): void {
    element.previous = this.#tail;
    element.next = undefined;
    if (this.#tail === undefined) this.#head = element;
    else this.#tail.next = element;
    this.#tail = element;
    this.#size++;
  }

  /** Puts `element` right after `place`, or first when `place` is undefined. */
  insertAfter(place: T | undefined, element: T): void {
    if (place === this.#tail) {
      this.push(element);
      return;
    }
    const next = place === undefined ? this.#head : place.next;
    element.previous = place;
    element.next = next;
    if (place === undefined) this.#head = element;
    else place.next = element;
    if (next !== undefined) next.previous = element;
    this.#size++;
  }

  shift(): T | undefined {
    const head = this.#head;
    if (head !== undefined) this.remove(head);
    return head;
  }

  /** `element` must be in this list. */
  remove(element: T): void {
    const { previous, next } = element;
    if (previous === undefined) this.#head = next;
    else previous.next = next;
    if (next === undefined) this.#tail = previous;
    else next.previous = previous;
    element.previous = undefined;
    element.next = undefined;
    this.#size--;
  }

  /** Safe against removal of the element that was just given out. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (let element = this.#head; element !== undefined; ) {
      const next: T | undefined = element.next;
      yield element;
      element = next;
    }
  }
}
