// Countdowns: what the server wrote goes on by the clock. When one is over the page is asked for again, once.
// One that is over already when the page comes means that this clock is ahead of the server's; it is left as written.
const left = (clock) => (Date.parse(clock.dataset.until) - Date.now()) / 1000;
const clocks = [...document.querySelectorAll("[data-until]")].filter((clock) => left(clock) > 0);

/** A span as the server writes it: `17 s`, `2 h 10 min`, `3.4 days`. */
function span(seconds) {
  if (seconds < 59.5) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 3570) return `${Math.round(seconds / 60)} min`;
  if (seconds >= 86400) return `${(seconds / 86400).toFixed(1)} days`;
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
}

function tick() {
  for (const clock of clocks) {
    const text = span(left(clock));
    if (clock.textContent !== text) clock.textContent = text;
    if (left(clock) <= 0 && !document.hidden) { clearInterval(timer); location.reload(); return; }
  }
}

const timer = clocks.length > 0 && setInterval(tick, 1000);
