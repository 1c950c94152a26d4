// The bell: how many notices wait, as they come. Without a stream (offline, too many tabs) it shows what the page said.
const bell = document.querySelector(".bell");
if (bell && window.EventSource) {
  const events = new EventSource("/notifications/bell");
  events.addEventListener("unread", ({ data }) => {
    const count = Number(data);
    let badge = bell.querySelector(".badge");
    if (count === 0) { badge?.remove(); return; }
    if (!badge) {
      badge = Object.assign(document.createElement("span"), { className: "badge new" });
      bell.append(" ", badge);
    }
    const unseen = Object.assign(document.createElement("span"), { className: "unseen", textContent: " new" });
    badge.replaceChildren(String(count), unseen);
  });
  addEventListener("pagehide", () => events.close());
}
