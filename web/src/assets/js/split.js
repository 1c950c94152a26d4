// Split keys in the page: draws the user's half for an order, and puts it together with the offset that the job
// delivered. Numbers are whole numbers, never reduced where they are written; nothing here is sent anywhere but the
// point and the proof. The arithmetic of the curve is the vendored library's.
import "/assets/vendor/ed25519.js";
import { element, save, status } from "/assets/js/parts.js";

(() => {
  const { Point, sha512, verify } = window.ed25519;
  const STORE = `vanikeys.halves.${document.body.dataset.person}`, L = Point.CURVE().n, ascii = new TextEncoder();
  const halves = () => { try { return JSON.parse(localStorage.getItem(STORE)) ?? []; } catch { return []; } };
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (two) => parseInt(two, 16));
  const join = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
  const number = (bytes) => BigInt(`0x${hex(Uint8Array.from(bytes).reverse()) || "0"}`);
  const bytesOf = (value) => unhex(value.toString(16).padStart(64, "0")).reverse();
  const times = (scalar) => Point.BASE.multiply(scalar % L).toBytes();
  const prefix = (label, secret, point) => sha512(join(ascii.encode(label), secret, point)).slice(0, 32);

  // RFC 8032 from a scalar and a nonce prefix.
  function sign(scalar, nonce, point, message) {
    const r = number(sha512(join(nonce, message))) % L, R = Point.BASE.multiply(r).toBytes();
    const k = number(sha512(join(R, point, message))) % L;
    return join(R, bytesOf((r + k * (number(scalar) % L)) % L));
  }

  function inRange(secret) {
    const value = number(secret);
    return secret.length === 32 && value % 8n === 0n && value >= 1n << 254n && value < (1n << 255n) - (1n << 128n);
  }

  const proven = (secret, point) =>
    sign(secret, prefix("vanikeys split proof prefix v1", secret, point), point, join(ascii.encode("vanikeys split proof v1"), [0], point));

  // Draws a half: what `vanikeys split new` writes.
  function draw() {
    let secret;
    do {
      secret = crypto.getRandomValues(new Uint8Array(32));
      secret[0] &= 0xf8;
      secret[31] = (secret[31] & 0x3f) | 0x40;
    } while (!inRange(secret));
    const point = times(number(secret));
    return { format: "vanikeys split secret", version: 1, secret: hex(secret), point: hex(point), proof: hex(proven(secret, point)) };
  }

  const parse = (text, format, what) => {
    let read;
    try { read = JSON.parse(text); } catch { throw new Error(`that is not ${what}`); }
    if (read?.format !== format || read.version !== 1) throw new Error(`that is not ${what}`);
    return read;
  };

  // BIP 173: five bits a character, and a checksum of six.
  function bech32(head, bytes) {
    const letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l", generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
    const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
    const data = bits.match(/.{1,5}/g).map((five) => parseInt(five.padEnd(5, "0"), 2));
    const codes = Array.from(head, (letter) => letter.charCodeAt(0));
    let check = 1;
    for (const value of [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31), ...data, 0, 0, 0, 0, 0, 0]) {
      const top = check >>> 25;
      check = ((check & 0x1ffffff) << 5) ^ value;
      generator.forEach((term, i) => { if ((top >> i) & 1) check ^= term; });
    }
    const sum = [25, 20, 15, 10, 5, 0].map((shift) => ((check ^ 1) >>> shift) & 31);
    return `${head}1${[...data, ...sum].map((value) => letters[value]).join("")}`;
  }

  // Adds the offset to the half and checks that it is the key that was found: what `vanikeys split combine` does.
  function combine(halfText, offsetText) {
    const half = parse(halfText, "vanikeys split secret", "your half of a split key");
    const found = parse(offsetText, "vanikeys split offset", "the offset of a job");
    const secret = unhex(half.secret), offset = BigInt(`0x${found.offset}`);
    if (!inRange(secret)) throw new Error("the secret is out of its range");
    if (offset >> 119n !== 1n) throw new Error("the offset is out of its range");
    if (hex(times(number(secret))) !== found.point) throw new Error("this is not the half that the job was ordered with");
    const sum = number(secret) + 8n * offset, point = times(sum);
    if (hex(point) !== found.publicKey) throw new Error("secret and offset do not give the key that was found");
    const scalar = bytesOf(sum), nonce = prefix("vanikeys split prefix v1", secret, point);
    const message = ascii.encode("vanikeys");
    if (!verify(sign(scalar, nonce, point, message), message, point)) throw new Error("the key does not sign");
    const expanded = join(scalar, nonce);
    const exports = { "expanded-hex": `${hex(expanded)}\n` };
    if (found.target === "wireguard") exports.wireguard = `${btoa(String.fromCharCode(...scalar))}\n`;
    if (found.target === "age") exports.age = `${bech32("age-secret-key-", scalar).toUpperCase()}\n`;
    if (found.target === "onion") exports.tor = join(ascii.encode("== ed25519v1-secret: type0 =="), [0, 0, 0], expanded);
    return { publicKey: found.publicKey, did: found.did, exports };
  }

  // A new half, shown and kept; `saved` is called when the user has it.
  function offerHalf(place, half, saved) {
    localStorage.setItem(STORE, JSON.stringify([...halves(), half]));
    const text = `${JSON.stringify(half, null, 2)}\n`;
    const note = status();
    note.textContent = "Save your half before you order: without it nobody can ever make the key, and nobody can replace it.";
    const download = element("button", "Download my half", { type: "button" });
    const done = element("button", "I saved it", { type: "button", className: "quiet" });
    const end = () => { note.textContent = "Saved. It is also kept in this browser."; saved(); };
    download.addEventListener("click", () => { save("vanikeys-split-secret.json", text, "application/json"); end(); });
    done.addEventListener("click", end);
    const actions = element("p", "", { className: "actions" });
    actions.append(download, done);
    place.replaceChildren(element("pre", text), actions, note);
  }

  // Ordering: the button fills point and proof; the order waits until the half is saved.
  function prepare(place) {
    if (place.dataset.ready) return;
    place.dataset.ready = "true";
    place.hidden = false;
    const form = place.closest("form"), field = (name) => form?.querySelector(`[name=${name}]`);
    const make = element("button", "Make my half in this browser", { type: "button", className: "quiet" });
    const shown = element("div", "", { className: "stack" });
    let waiting = null;
    make.addEventListener("click", () => {
      const half = draw();
      if (form) {
        [field("point").value, field("proof").value] = [half.point, half.proof];
        form.querySelector("[value=split]").checked = true;
        waiting = half.point;
      }
      offerHalf(shown, half, () => { waiting = null; });
    });
    form?.addEventListener("submit", (event) => {
      if (waiting && form.querySelector("[value=split]").checked && field("point").value === waiting) {
        event.preventDefault();
        shown.scrollIntoView({ block: "center" });
        shown.querySelector("[role=status]").textContent = "Download your half or say that you saved it; then order.";
      }
    });
    place.append(make, shown);
  }

  // Putting together: the offset is pasted, or fetched from the job.
  function putTogether(place) {
    if (place.dataset.ready) return;
    place.dataset.ready = "true";
    const area = (label, value) => {
      const made = element("textarea", "", { rows: 4, className: "key", spellcheck: false });
      made.setAttribute("aria-label", label);
      made.value = value;
      place.append(element("label", label), made);
      return made;
    };
    const known = halves().find((half) => half.point === place.dataset.point);
    const half = area("Your half of the key", known ? JSON.stringify(known, null, 2) : "");
    const offset = place.dataset.combine ? null : area("The offset that the job delivered", "");
    const button = element("button", "Put the key together here", { type: "button" });
    const note = status(), shown = element("div", "", { className: "stack" });
    button.addEventListener("click", async () => {
      shown.replaceChildren();
      try {
        let text = offset?.value;
        if (!offset) {
          const answer = await fetch(place.dataset.combine, { credentials: "same-origin" });
          if (!answer.ok) throw new Error("the offset could not be fetched");
          text = await answer.text();
        }
        show(shown, combine(half.value, text));
        note.textContent = "Made in this page only; nothing was sent anywhere.";
      } catch (error) {
        note.textContent = `It could not be done: ${error.message}.`;
      }
    });
    place.append(button, note, shown);
  }

  const names = { "expanded-hex": "vanikeys.expanded.hex", tor: "hs_ed25519_secret_key", wireguard: "wireguard.key", age: "age-identity.txt" };
  function show(place, key) {
    const actions = element("p", "", { className: "actions" });
    for (const [format, content] of Object.entries(key.exports)) {
      const button = element("button", `Save ${format}`, { type: "button", className: "quiet" });
      button.dataset.format = format;
      button.addEventListener("click", () => save(names[format], content));
      actions.append(button);
    }
    place.append(element("p", key.did, { className: "mono" }), actions);
  }

  const look = () => {
    document.querySelectorAll("[data-split]").forEach(prepare);
    document.querySelectorAll("[data-combine], [data-combine-here]").forEach(putTogether);
  };
  look();
  document.addEventListener("htmx:afterSettle", look);
  document.addEventListener("vanikeys:delivered", look);
})();
