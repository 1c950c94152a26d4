// The shares of a pull: the service's promise is fetched before our own share is shown to anyone, and our own is drawn
// here. What was fetched is used once; typing another pattern does not throw it away.
let promise = null;

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const fresh = () => promise && new Date(promise.expiresAt) - Date.now() > 20000;

/** A promise and a share in the form's fields; drawn now unless they are there. */
export async function prepare(form) {
  const id = form.elements.commitmentId, share = form.elements.clientShare;
  if (!id || !share || (id.value && !id.disabled)) return;
  if (!fresh()) {
    const answer = await fetch("/api/pulls/commitment", { method: "POST", headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    promise = { ...(await answer.json()), share: hex(crypto.getRandomValues(new Uint8Array(32))) };
  }
  id.value = promise.commitmentId;
  share.value ||= promise.share;
  id.disabled = share.disabled = false;
  const shown = form.querySelector("[data-shares] [data-commitment]");
  if (shown) shown.textContent = promise.commitment;
}

/** The shares were used, or will not do: the next pull gets its own. */
export function forget(form) {
  promise = null;
  const id = form.elements.commitmentId, share = form.elements.clientShare;
  if (!id || !share || id.closest("fieldset") && !id.closest("[data-shares]")) return;
  id.value = share.value = "";
  id.disabled = share.disabled = true;
}

/** Shows the fields and fills them when their part of the page is opened. */
export function watch(root) {
  root.querySelectorAll("[data-shares]").forEach((place) => {
    place.hidden = false;
    const details = place.closest("details");
    details?.addEventListener("toggle", () => { if (details.open) prepare(place.closest("form")).catch(() => {}); });
  });
}
