// Before the first snapshot has come.
export function Starting() {
  return (
    <main class="starting">
      <span class="dots" aria-hidden="true" />
      <p role="status">Connecting to the sandbox…</p>
    </main>
  );
}
