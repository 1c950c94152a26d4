// The pattern form: odds and board follow what is typed, the address follows too, so that a reload or the back button
// brings the same pattern.
import { standing, turn } from "/assets/js/flaps.js";
import { say, sessionEnded } from "/assets/js/shell.js";

const answer = document.getElementById("answer"), said = document.getElementById("said");
const form = document.querySelector("form[data-live]");
const board = () => answer.querySelector("[data-board]");
let before = [], watch = () => {};

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (new URL(xhr.responseURL).pathname === "/sign-in") {
    event.detail.shouldSwap = false;
    sessionEnded();
    return;
  }
  if (xhr.status >= 400) {
    event.detail.shouldSwap = false;
    say(xhr.status === 429 ? "That was a lot of typing at once; the odds come again in a moment." : "The service did not answer as it should; type on to ask again.");
    return;
  }
  say(null);
  before = standing(board());
});

document.addEventListener("htmx:afterSettle", () => {
  turn(board(), before, { turns: 2, stagger: 6 });
  said.textContent = answer.querySelector("[data-say]")?.textContent ?? "";
  watch(answer);
  const asked = new URLSearchParams(new FormData(form));
  history.replaceState(null, "", `${location.pathname}?${asked}`);
});

document.addEventListener("htmx:sendError", () => say("Connection lost; the odds appear when it is back."));

// Before anything was typed the board shows what it does: it turns into its first example.
if (!form.elements.text.value) turn(board(), standing(board()).map((one) => (one.endsWith("+") ? "" : one)), { turns: 4, stagger: 10 });
// Only where one can pull and order.
if (form.dataset.live === "/app/answer") {
  const [draw, send] = await Promise.all([import("/assets/js/draw.js"), import("/assets/js/send.js")]);
  watch = draw.watch;
  watch(answer);
  send.takeOver();
}
