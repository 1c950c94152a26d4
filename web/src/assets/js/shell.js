// On every page: a form is sent once however often one clicks, and the page says when the connection or the session is
// gone. Everything works without it.
const line = document.getElementById("connection");

/** Says something about the connection at the foot of the page; nothing hides it. */
export function say(text, link) {
  line.replaceChildren(text ?? "");
  if (link) line.append(" ", Object.assign(document.createElement("a"), { href: link.href, textContent: link.words }));
  line.hidden = !text;
}

/** The session has ended: says so and what that means here, with the way back to this very place. */
export function sessionEnded(meaning = "so nothing was done") {
  const next = encodeURIComponent(location.pathname + location.search);
  say(`Your session has ended, ${meaning}. `, { href: `/sign-in?next=${next}`, words: "Sign in and go on" });
}

addEventListener("offline", () => say("You are offline. What runs goes on without you; this page catches up when you are back."));
addEventListener("online", () => say(null));

// A second click on the way is swallowed; the form's own key would make it harmless anyway.
addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "true";
  form.querySelectorAll("button").forEach((button) => button.setAttribute("aria-disabled", "true"));
});
addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.querySelectorAll("button").forEach((button) => button.removeAttribute("aria-disabled"));
  });
});

document.querySelectorAll("[data-copy]").forEach((button) => {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = "Copied";
  });
});

if ("serviceWorker" in navigator) navigator.serviceWorker.register("/worker.js").catch(() => {});
