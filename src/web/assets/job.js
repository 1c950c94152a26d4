// A job's page while it runs: told "look again" by server-sent events, it fetches the part that changes. Without
// scripts the page reloads itself instead.
(() => {
  const page = document.getElementById("job");
  if (!page || page.dataset.openJob !== "true" || !window.EventSource) return;
  const part = `/app/jobs/${page.dataset.job}/part`;
  let busy = false, again = false;

  async function look() {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch(part, { credentials: "same-origin", headers: { Accept: "text/html" } });
      if (answer.ok && !answer.redirected) {
        page.innerHTML = await answer.text();
        const status = page.querySelector("[data-status]")?.dataset.status;
        if (status !== "queued" && status !== "running") {
          events.close();
          clearInterval(slow);
          document.dispatchEvent(new CustomEvent("vanikeys:delivered"));
        }
      }
    } catch { /* the connection is away; the next signal or the slow look tries again */ }
    busy = false;
    if (again) { again = false; look(); }
  }

  const events = new EventSource(`/api/jobs/${page.dataset.job}/events`);
  events.addEventListener("job", look);
  const slow = setInterval(look, 15000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
})();
