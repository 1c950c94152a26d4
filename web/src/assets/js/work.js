// Solves the work that a registration costs: a text so that SHA-256 of "challenge:solution" begins with enough zero
// bits. In small steps, so that the page stays usable.
(() => {
  const form = document.querySelector("form[data-bits]");
  if (!form) return;
  const bits = Number(form.dataset.bits), note = form.querySelector("[data-work]");
  const solution = form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name: "solution" })), lead = form.elements.challenge.value + ":";
  const encoder = new TextEncoder();
  let next = 0, wanted = false;

  const zeros = (hash) => {
    let count = 0;
    for (const byte of hash) {
      if (byte === 0) { count += 8; continue; }
      return count + Math.clz32(byte) - 24;
    }
    return count;
  };
  const step = () => {
    const until = performance.now() + 40;
    while (performance.now() < until) {
      const text = (next++).toString(36);
      if (zeros(window.sha256(encoder.encode(lead + text))) >= bits) {
        solution.value = text;
        note.textContent = "Your browser has done its work.";
        if (wanted) form.requestSubmit();
        return;
      }
    }
    setTimeout(step, 0);
  };
  form.addEventListener("submit", (event) => {
    if (solution.value) return;
    event.preventDefault();
    wanted = true;
    note.textContent = "One moment: your browser is still working on it.";
  });
  step();
})();
