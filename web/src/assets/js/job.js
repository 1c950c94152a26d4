// A job's page while it runs: told "look again" by server-sent events, it fetches the part that changes and puts the
// new numbers in place, so that focus and reading position stay. Without scripts the page reloads itself instead.
import { turn } from "/assets/js/flaps.js";
import { rain } from "/assets/js/party.js";
import { say, sessionEnded } from "/assets/js/shell.js";
import { follow } from "/assets/js/stream.js";

const page = document.getElementById("job"), said = document.getElementById("said");
const part = `/app/jobs/${page.dataset.job}/part`;
const status = () => page.querySelector("[data-status]").dataset.status;
const open = () => ["queued", "running"].includes(status());
let busy = false, again = false, events = null, slow = 0, failed = 0;

function show(html) {
  const next = new DOMParser().parseFromString(html, "text/html");
  const old = page.querySelector("[data-shape]"), fresh = next.querySelector("[data-shape]");
  if (!fresh) return;
  if (old.dataset.shape !== fresh.dataset.shape) {
    page.replaceChildren(...next.body.childNodes);
    said.textContent = page.querySelector("[data-live=state]").textContent;
    if (!open()) ended();
    else offer();
    return;
  }
  fresh.querySelectorAll("[data-live]").forEach((one) => {
    const place = old.querySelector(`[data-live="${one.dataset.live}"]`);
    if (place && place.innerHTML !== one.innerHTML) place.replaceChildren(...one.childNodes);
  });
}

async function look() {
  if (busy) { again = true; return; }
  busy = true;
  try {
    const answer = await fetch(part, { headers: { Accept: "text/html" } });
    if (answer.redirected && new URL(answer.url).pathname === "/sign-in") { stop(); sessionEnded("and the search goes on without it"); return; }
    if (answer.ok) { failed = 0; say(null); show(await answer.text()); }
    else gone();
  } catch { gone(); }
  busy = false;
  if (again) { again = false; look(); }
}

function gone() {
  failed += 1;
  if (failed > 1) say("Connection lost. The search continues without this page, which catches up when the connection is back.");
}

function stop() {
  events?.close();
  clearInterval(slow);
}

function ended() {
  stop();
  document.dispatchEvent(new CustomEvent("vanikeys:delivered"));
  if (status() !== "completed") return;
  turn(page.querySelector("[data-board]"), [], { turns: 4, stagger: 20 }).then(rain);
  document.title = `Found: ${document.title}`;
  notify();
}

async function notify() {
  if (!window.Notification || Notification.permission !== "granted" || !document.hidden) return;
  const words = page.querySelector("h1").textContent;
  const what = { body: `${words} stands there.`, tag: page.dataset.job, data: location.pathname };
  const worker = await navigator.serviceWorker?.getRegistration();
  if (worker) worker.showNotification("Your key was found", what);
  else new Notification("Your key was found", what).onclick = () => focus();
}

function offer() {
  const button = page.querySelector("[data-notify]");
  if (!button || !window.Notification) return;
  const told = () => {
    button.hidden = Notification.permission === "denied";
    if (Notification.permission === "granted") {
      button.textContent = "You'll be notified when it's found";
      button.disabled = true;
    }
  };
  button.addEventListener("click", async () => { await Notification.requestPermission(); told(); });
  told();
}

if (open()) {
  offer();
  if (window.EventSource) {
    const error = () => { if (open()) look(); };
    events = follow(`/api/jobs/${page.dataset.job}/events`, { job: look, error });
  }
  slow = setInterval(look, 15000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden && open()) look(); });
  addEventListener("online", () => { if (open()) look(); });
}
