// Makes calls with a key, several under way at once, and writes a line for each that is over, until it is killed.
const [folder, secret] = process.argv.slice(2);
const { openStore } = await import('../../dist/store/store.js');
const { Keys } = await import('../../dist/keys/keys.js');

const keys = new Keys({ store: openStore({ folder }).keys });
const { writeSync } = await import('node:fs');

// A test that fails in between must not leave it behind.
setTimeout(() => process.exit(1), 15_000);

async function call() {
  for (;;) {
    const admission = await keys.admit(await keys.identify(secret));
    await new Promise((resolve) => setImmediate(resolve));
    admission.release();
    writeSync(1, '.');
  }
}
for (let caller = 0; caller < 8; caller += 1) void call();
