// Who can read the key of an order. Only the person, unless they choose otherwise: the key is sealed to an identity
// that this browser makes and keeps. The first order waits until that identity is saved; nothing is charged before.
import { adopt, asFile, choice, choose, markSaved, ready, unsaved } from "/assets/js/identity.js";
import { actions, button, element, save, status } from "/assets/js/parts.js";

const radio = (form, custody) => form.querySelector(`[name=custody][value=${custody}]`);
const field = (form) => form.querySelector("[name=recipient]");
const kind = (form) => (form.action.endsWith("/pull") ? "pull" : "order");

function select(form, custody) {
  radio(form, custody).checked = true;
  if (custody === "sealed") field(form).value ||= ready()?.recipient ?? "";
}

const forms = () => [...document.querySelectorAll("form")].filter((form) => form.querySelector("[data-custody]"));

/** What was chosen holds for every form on the page, and next time. */
function chosen(custody) {
  if (custody !== "split") choose(custody);
  forms().forEach((form) => { if (custody !== "split") select(form, custody); });
  if (custody !== "sealed") document.querySelectorAll("[data-save]").forEach((place) => { place.replaceChildren(); place.hidden = true; });
}

function prepare(fieldset) {
  if (fieldset.dataset.ready) return;
  fieldset.dataset.ready = "true";
  const form = fieldset.closest("form");
  select(form, choice());
  fieldset.addEventListener("change", (event) => { if (event.target.name === "custody") chosen(event.target.value); });
  form.querySelectorAll("[data-choose]").forEach((link) => {
    link.hidden = false;
    link.addEventListener("click", () => chosen(link.dataset.choose));
  });
  fieldset.querySelector("[data-seal]").hidden = false;
}

/** The step before the first order: the identity is saved, or taken in, or the service is to keep the key. */
async function ask(form) {
  const place = form.querySelector("[data-save]");
  place.hidden = false;
  if (place.childElementCount === 0) place.replaceChildren(element("p", "One moment: your identity is being made.", { className: "loading" }));
  place.focus();
  const go = () => { place.replaceChildren(); place.hidden = true; form.requestSubmit(); };
  const word = kind(form);
  const instead = button(`Let the service keep it, and ${word}`, "plain", () => { chosen("service"); go(); });
  let one;
  try { one = await unsaved(); } catch {
    const again = button("Try again", "", () => { place.replaceChildren(); ask(form); });
    place.replaceChildren(element("p", "The part of the page that makes identities could not be fetched, so nothing was done. Try again when the connection is back."), actions(again), element("p", "", {}, instead));
    return;
  }
  const done = (kept) => { markSaved(kept); field(form).value = kept.recipient; go(); };
  const note = status(), own = element("input", "", { className: "key", autocomplete: "off", spellcheck: false, placeholder: "AGE-SECRET-KEY-1…" });
  own.setAttribute("aria-label", "Your identity");
  const use = button(`Use it, and ${word}`, "quiet small", async () => {
    try { done(await adopt(own.value)); } catch (error) { note.textContent = `It was not taken: ${error.message}.`; }
  });
  place.replaceChildren(
    element("p", "", {}, element("b", "First, save what opens your keys.")),
    element("p", "Only you will be able to read them: they are sealed to an identity that was made in this browser just now. It is asked for once. Nobody can replace it, so keep the file. Nothing is charged before."),
    actions(button(`Download it, and ${word}`, "go", () => { save("vanikeys-identity.txt", asFile(one)); done(one); })),
    element("details", "", {}, element("summary", "Copy it instead"), element("pre", asFile(one), { tabIndex: 0 }), actions(button(`I saved it, ${word}`, "quiet small", () => done(one)))),
    element("details", "", {}, element("summary", "I have an identity already"), element("div", "", { className: "stack" }, own, actions(use), note)),
    element("p", "", {}, instead),
  );
}

// Before any other: an order that is not ready goes nowhere.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.querySelector("[data-save]") || event.submitter?.hasAttribute("formaction") || !radio(form, "sealed").checked) return;
  const recipient = field(form).value.trim(), kept = ready();
  if (recipient && recipient !== kept?.recipient) return;
  if (kept) { field(form).value = kept.recipient; return; }
  event.preventDefault();
  ask(form);
}, { capture: true });

const look = () => document.querySelectorAll("[data-custody]").forEach(prepare);
look();
document.addEventListener("htmx:afterSettle", look);
