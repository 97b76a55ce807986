// The line for a shell, and a button that copies it.
import { useState } from 'preact/hooks';

export function Curl({ line }: { line: string }) {
  const [copied, setCopied] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(line);
      setCopied('Copied.');
    } catch {
      setCopied('This browser does not let pages copy here: mark the line and copy it.');
    }
  };
  return (
    <section class="curl" aria-label="The same call by curl">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{line}</pre>
      <button type="button" class="button" onClick={() => void copy()}>
        Copy
      </button>
      <span class="dim" role="status">
        {copied}
      </span>
    </section>
  );
}
