// Asks for a key of an admin. The key goes to the service once, and is kept nowhere on this side.
import { useState } from 'preact/hooks';
import type { Me } from '../../src/dashboard/protocol.js';
import { ask } from '../state/ask.js';
import { enter } from '../state/store.js';

export function SignInForm({ version }: { version: string }) {
  const [wrong, setWrong] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const key = new FormData(event.currentTarget as HTMLFormElement).get('key');
    setBusy(true);
    setWrong('');
    try {
      enter(await ask<Me>('sign-in', { method: 'POST', body: { key } }));
    } catch (error) {
      setWrong((error as Error).message);
      setBusy(false);
    }
  };
  return (
    <main class="door">
      <form onSubmit={(event) => void submit(event)}>
        <span class="mark large" aria-hidden="true" />
        <h1>Page gateway</h1>
        <label for="key">A key with the scope admin</label>
        <input
          id="key"
          name="key"
          type="password"
          required
          autoComplete="current-password"
          spellcheck={false}
          aria-describedby="key-help key-wrong"
          aria-invalid={wrong !== ''}
        />
        <p id="key-wrong" class="wrong" role="alert">
          {wrong}
        </p>
        <button type="submit" class="button main" aria-disabled={busy}>
          {busy ? 'Signing in …' : 'Sign in'}
        </button>
        <p id="key-help" class="dim">
          None at hand? Make one where the service runs: <code>page-gateway keys add NAME --scope admin</code>
        </p>
        <p class="dim">Version {version}</p>
      </form>
    </main>
  );
}
