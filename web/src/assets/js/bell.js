// The bell: how many notices wait, as they come. Without a stream (offline, too many tabs) it shows what the page said.
import { follow } from "/assets/js/stream.js";

const bell = document.querySelector(".bell");
if (bell && window.EventSource) {
  const unread = ({ data }) => {
    const count = Number(data);
    let badge = bell.querySelector(".badge");
    if (count === 0) { badge?.remove(); return; }
    if (!badge) {
      badge = Object.assign(document.createElement("span"), { className: "badge new" });
      bell.append(" ", badge);
    }
    const unseen = Object.assign(document.createElement("span"), { className: "unseen", textContent: " new" });
    badge.replaceChildren(String(count), unseen);
  };
  const events = follow("/notifications/bell", { unread });
  addEventListener("pagehide", () => events.close());
}
