// The account page: the identities that this browser keeps, to save once more, to take in from elsewhere, to forget.
import { adopt, asFile, forget, identities } from "/assets/js/identity.js";
import { actions, button, element, save } from "/assets/js/parts.js";

const place = document.querySelector("[data-identities]"), list = place.querySelector("ul"), note = place.querySelector("[role=status]");

function line(one) {
  const gone = element("details", "", {}, element("summary", "Forget it here"), element("p", "Keys sealed to it open with the file that you saved, and here no more."), actions(button("Forget it", "danger small", () => {
    forget(one);
    note.textContent = "This browser keeps it no longer.";
    show();
  })));
  return element("li", "", {}, element("span", one.recipient, { className: "mono" }), element("span", `Kept since ${one.created.slice(0, 10)}${one.saved ? "" : ", not saved yet"}`, { className: "hint" }), actions(button("Download it again", "quiet small", () => save("vanikeys-identity.txt", asFile(one)))), gone);
}

function show() {
  const all = identities();
  list.replaceChildren(...all.map(line));
  list.hidden = all.length === 0;
}

const own = document.getElementById("own-identity");
place.querySelector("[data-take]").addEventListener("click", async () => {
  try {
    await adopt(own.value);
    own.value = "";
    note.textContent = "Kept in this browser. New keys are sealed to it.";
    show();
  } catch (error) { note.textContent = `It was not taken: ${error.message}.`; }
});
show();
