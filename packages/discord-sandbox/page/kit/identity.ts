// An id that no other element of the page has, the same as long as its component lives.
import { useRef } from 'preact/hooks';

let count = 0;

export function useIdentity(word: string): string {
  const id = useRef('');
  if (id.current === '') {
    count += 1;
    id.current = `${word}-${count}`;
  }
  return id.current;
}
