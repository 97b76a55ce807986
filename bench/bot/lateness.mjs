// How late a timer of 20 ms fires in this process, which is how late everything else is. Told to the parent whenever it asks.
export function reportLateness() {
  const late = [];
  let due = performance.now() + 20;
  setInterval(() => {
    const now = performance.now();
    late.push(Math.max(0, now - due));
    due = now + 20;
  }, 20);
  process.on('message', (message) => {
    if (message === 'begin') late.length = 0;
    else process.send({ late, memory: process.resourceUsage().maxRSS / 1024, cpu: process.cpuUsage() });
  });
}
