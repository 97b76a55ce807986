/**
 * The picture of a user who has none: a coloured disc, the same for the same number every time.
 */
const COLOURS = ['#5b6ee1', '#7a828e', '#3f9c6b', '#d08a2e', '#cf4f52', '#c05299'];

export function face(seed: string): string {
  const colour = COLOURS[Number(BigInt(seed) % BigInt(COLOURS.length))]!;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="128" height="128" viewBox="0 0 128 128"><circle cx="64" cy="64" r="64" fill="${colour}"/><circle cx="64" cy="50" r="22" fill="#fff"/><path d="M22 112a42 36 0 0 1 84 0z" fill="#fff"/></svg>`;
}
