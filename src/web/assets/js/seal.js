// Sealed keys in the page: makes an age identity for an order and keeps it in this browser, and opens sealed keys
// with it. The identity never leaves the browser; an order waits until it was saved. The library is fetched when it is
// first needed.
(() => {
  const age = async () => { await import("/assets/vendor/age.js"); return window.age; };
  // Each person's own: browsers are shared.
  const STORE = `vanikeys.identities.${document.body.dataset.person}`;
  const identities = () => { try { return JSON.parse(localStorage.getItem(STORE)) ?? []; } catch { return []; } };
  const remember = (one) => localStorage.setItem(STORE, JSON.stringify([...identities(), one]));
  const element = (tag, text, attributes = {}) => {
    const made = Object.assign(document.createElement(tag), attributes);
    if (text) made.textContent = text;
    return made;
  };
  const save = (name, content, type = "application/octet-stream") => {
    const link = element("a", "", { href: URL.createObjectURL(new Blob([content], { type })), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };
  const asFile = (one) => `# created: ${one.created}\n# public key: ${one.recipient}\n${one.identity}\n`;

  // Ordering: a button beside the recipient makes an identity; the order waits until it is saved.
  function prepare(fieldset) {
    const place = fieldset.querySelector("[data-seal]");
    if (!place || place.dataset.ready) return;
    place.dataset.ready = "true";
    place.hidden = false;
    place.className = "stack";
    const form = fieldset.closest("form"), recipient = fieldset.querySelector("[name=recipient]");
    const sealed = fieldset.querySelector("[value=sealed]");
    const make = element("button", "Make an identity in this browser", { type: "button", className: "quiet" });
    const note = element("p", "", { className: "hint" });
    note.setAttribute("role", "status");
    let waiting = null;
    make.addEventListener("click", async () => {
      const lib = await age(), identity = await lib.generateX25519Identity();
      const one = { identity, recipient: await lib.identityToRecipient(identity), created: new Date().toISOString() };
      remember(one);
      recipient.value = one.recipient;
      sealed.checked = true;
      waiting = one.recipient;
      const download = element("button", "Download the identity", { type: "button" });
      const saved = element("button", "I saved it", { type: "button", className: "quiet" });
      const secret = element("pre", asFile(one));
      const done = () => { waiting = null; note.textContent = "Saved. It is also kept in this browser."; };
      download.addEventListener("click", () => { save("vanikeys-identity.txt", asFile(one)); done(); });
      saved.addEventListener("click", done);
      const actions = element("p", "", { className: "actions" });
      actions.append(download, saved);
      note.textContent = "Save this identity before you order: without it nobody can ever open the key, and nobody can replace it.";
      place.replaceChildren(make, note, secret, actions);
    });
    form.addEventListener("submit", (event) => {
      if (waiting && sealed.checked && recipient.value === waiting) {
        event.preventDefault();
        note.textContent = "Download the identity or say that you saved it; then order.";
        note.scrollIntoView({ block: "center" });
      }
    });
    place.append(make, note);
  }

  // Opening: with an identity kept in this browser, or one that is pasted.
  function offer(place) {
    if (place.dataset.ready) return;
    place.dataset.ready = "true";
    const area = element("textarea", "", { rows: 3, className: "key", spellcheck: false, placeholder: "AGE-SECRET-KEY-1…", autocomplete: "off" });
    area.setAttribute("aria-label", "Identity");
    // Kept ones are used without being shown.
    const kept = () => identities().map((one) => one.identity);
    const open = element("button", "Open it here", { type: "button" });
    const note = element("p", "", { className: "hint" });
    note.setAttribute("role", "status");
    const shown = element("div", "", { className: "stack" });
    open.addEventListener("click", async () => {
      shown.replaceChildren();
      try {
        const answer = await fetch(place.dataset.open, { credentials: "same-origin" });
        if (!answer.ok) throw new Error("the sealed key could not be fetched");
        const lib = await age(), file = lib.armor.decode(await answer.text());
        const decrypter = new lib.Decrypter();
        const secrets = area.value.match(/AGE-SECRET-KEY-1[0-9A-Z]+/g) ?? kept();
        if (secrets.length === 0) throw new Error("paste the identity that the key was sealed to");
        for (const secret of secrets) decrypter.addIdentity(secret);
        const key = JSON.parse(await decrypter.decrypt(file, "text"));
        show(shown, key);
        area.value = "";
        note.textContent = "Opened in this page only; nothing was sent anywhere.";
      } catch (error) {
        note.textContent = `It did not open: ${error.message}.`;
      }
    });
    const hint = kept().length === 0 ? "" : "Leave it empty to use the identities that this browser keeps for you.";
    place.append(element("label", "Identity that it was sealed to"), area, element("p", hint, { className: "hint" }), open, note, shown);
  }

  function show(place, key) {
    place.append(element("p", key.did, { className: "mono" }));
    const actions = element("p", "", { className: "actions" });
    for (const [format, text] of Object.entries(key.exports)) {
      const button = element("button", `Save ${format}`, { type: "button", className: "quiet" });
      button.dataset.format = format;
      button.addEventListener("click", () => {
        const bytes = format === "tor" ? Uint8Array.from(atob(text), (c) => c.charCodeAt(0)) : text;
        save(names[format] ?? `${format}.txt`, bytes);
      });
      actions.append(button);
    }
    const all = element("button", "Save everything", { type: "button" });
    all.addEventListener("click", () => save("vanikeys-key.json", JSON.stringify(key, null, 2), "application/json"));
    actions.append(all);
    place.append(actions);
  }
  const names = {
    openssh: "id_ed25519", pkcs8: "key.pem", jwk: "key.jwk.json", solana: "solana.json", "did-document": "did.json",
    "seed-hex": "seed.hex", "seed-base58": "seed.b58", "expanded-hex": "expanded.hex", tor: "hs_ed25519_secret_key",
  };

  const look = () => {
    document.querySelectorAll("[data-custody]").forEach(prepare);
    document.querySelectorAll("[data-open]").forEach(offer);
  };
  look();
  document.addEventListener("htmx:afterSettle", look);
  document.addEventListener("vanikeys:delivered", look);
})();
