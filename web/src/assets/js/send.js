// Pulls and orders sent by script, so that a lost connection, an ended session or a refusal is told on the page that
// one is on. The form's own key goes with every try of the same content: however often it is sent, it happens once.
import { forget, prepare } from "/assets/js/draw.js";
import { keepTurning } from "/assets/js/flaps.js";
import { say, sessionEnded } from "/assets/js/shell.js";

const renew = (form) => { form.elements.once.value = crypto.randomUUID?.() ?? String(Math.random()); };
const on = (form, name) => form.elements[name]?.value === "on" && (form.elements[name].type !== "checkbox" || form.elements[name].checked);

/** The pattern of a form: one, or any of several, whose words are prefixes unless the field holds all of it as JSON. */
function pattern(form) {
  const { text, kind, target } = form.elements;
  const one = (text, kind) => ({ text, kind, target: target.value, caseInsensitive: on(form, "caseInsensitive"), fuzzy: on(form, "fuzzy") });
  if (kind.value !== "any") return one(text.value, kind.value);
  const given = text.value.trim();
  return given.startsWith("{") ? JSON.parse(given) : { any: given.split(/\s+/).map((word) => one(word, "prefix")) };
}

function content(form) {
  const { custody, recipient, commitmentId, clientShare, maxTokens, point, proof } = form.elements;
  const body = {
    pattern: pattern(form),
    custody: custody?.value || "service",
  };
  if (body.custody === "sealed" && recipient?.value.trim()) body.recipient = recipient.value.trim();
  if (body.custody === "split") Object.assign(body, { recipient: point?.value.trim() ?? "", proof: proof?.value.trim() ?? "" });
  if (commitmentId?.value && !commitmentId.disabled) Object.assign(body, { commitmentId: commitmentId.value, clientShare: clientShare.value });
  if (maxTokens) body.maxTokens = Number(maxTokens.value);
  return body;
}

function tell(form, text) {
  const place = form.querySelector("[data-told]");
  place.textContent = text;
  place.hidden = !text;
}

async function post(form) {
  await prepare(form);
  const headers = { "Content-Type": "application/json", Accept: "application/json", "Idempotency-Key": form.elements.once.value };
  const answer = await fetch(form.dataset.send, { method: "POST", headers, body: JSON.stringify(content(form)) });
  return { status: answer.status, body: await answer.json().catch(() => ({})) };
}

async function once(form) {
  let { status, body } = await post(form);
  if (body.error === "COMMITMENT_EXPIRED") {
    // The page lay open for long; nothing was charged, so a new promise and a new key begin anew.
    forget(form);
    renew(form);
    ({ status, body } = await post(form));
  }
  if (status === 201 || status === 200) {
    sessionStorage.setItem("vanikeys.fresh", body.id);
    forget(form);
    renew(form);
    location.assign(form.dataset.goto + body.id);
    return true;
  }
  if (status === 401) sessionEnded();
  else tell(form, body.message ?? "The service did not answer as it should. Nothing is charged twice: try again.");
  // A refusal is an answer; the next try is another request. Where nobody answered, the key stays.
  if (status >= 400 && status < 500 && status !== 401 && status !== 429) { forget(form); renew(form); }
  return false;
}

async function submitted(event) {
  const form = event.target;
  if (event.defaultPrevented || !form.dataset.send || event.submitter?.hasAttribute("formaction")) return;
  event.preventDefault();
  if (form.dataset.busy) return;
  form.dataset.busy = "true";
  tell(form, "");
  const buttons = form.querySelectorAll("button");
  buttons.forEach((button) => button.setAttribute("aria-disabled", "true"));
  const stop = form.action.endsWith("/pull") ? keepTurning(document.querySelector("[data-board]")) : () => {};
  let going = false;
  try {
    going = await once(form);
    if (!going) stop();
  } catch {
    stop();
    tell(form, "The connection was lost before the answer came. Try again: if it was done, you get the same result, and nothing is charged twice.");
    say(navigator.onLine ? null : "You are offline.");
  }
  if (!going) {
    delete form.dataset.busy;
    buttons.forEach((button) => button.removeAttribute("aria-disabled"));
  }
}

/** Takes over every form that says where its program's address is. */
export function takeOver() {
  document.addEventListener("submit", submitted);
  addEventListener("pageshow", () => document.querySelectorAll("form[data-busy]").forEach((form) => {
    delete form.dataset.busy;
    form.querySelectorAll("button").forEach((button) => button.removeAttribute("aria-disabled"));
  }));
}
