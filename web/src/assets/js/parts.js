// What scripts put on a page: elements, live notes, files to save.

/** An element with this text and these properties. */
export function element(tag, text = "", properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

/** A button that does something. */
export function button(text, className, act) {
  const made = element("button", text, { type: "button", className });
  made.addEventListener("click", act);
  return made;
}

/** A line that is read out when it changes. */
export function status() {
  const note = element("p", "", { className: "hint" });
  note.setAttribute("role", "status");
  return note;
}

/** A row of what can be done. */
export const actions = (...children) => element("p", "", { className: "actions" }, ...children);

/** Hands a file to the browser's downloads. */
export function save(name, content, type = "application/octet-stream") {
  const link = element("a", "", { href: URL.createObjectURL(new Blob([content], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
