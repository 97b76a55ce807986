// The article of a page, as Readability finds it. Loaded when first asked for; works on a document of its own.
import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';

/** So many characters of text are an article to Readability; of less it takes whatever there is. */
const article = 500;

/** `undefined` where no part of the page stands out. */
export function mainContent(html: string): string | undefined {
  const { document } = parseHTML(html);
  const found = new Readability(document, { keepClasses: true, charThreshold: article }).parse();
  return (found?.length ?? 0) < article ? undefined : (found?.content ?? undefined);
}
