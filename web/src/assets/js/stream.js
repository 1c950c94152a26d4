// A stream of events that comes back. A browser opens one again when the connection was lost, and never when the answer
// was no stream, such as the 502 of a proxy while the service restarts.
const LONGEST = 60000;

export function follow(address, told) {
  let stream = null, timer = 0, wait = 1000;
  function open() {
    stream = new EventSource(address);
    stream.addEventListener("open", () => { wait = 1000; });
    for (const [name, tell] of Object.entries(told)) stream.addEventListener(name, tell);
    stream.addEventListener("error", () => {
      if (stream.readyState !== EventSource.CLOSED) return;
      // Not all pages at the same moment.
      timer = setTimeout(open, wait * (1 + Math.random()));
      wait = Math.min(2 * wait, LONGEST);
    });
  }
  open();
  return { close() { clearTimeout(timer); stream.close(); } };
}
