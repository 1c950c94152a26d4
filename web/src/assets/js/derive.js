// The check that only the owner can make: that the key follows from both shares, and that the service had promised its
// own. The key file with the shares is read here and sent nowhere.
import "/assets/vendor/blake3.js";
import "/assets/vendor/ed25519.js";
import { opened, secretsIn } from "/assets/js/identity.js";
import { fetched } from "/assets/js/open.js";
import { element } from "/assets/js/parts.js";

const { Point, sha512, verify } = window.ed25519;
const ascii = new TextEncoder(), X25519 = ["wireguard", "age"];
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const join = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
const derived = (context, ...parts) => window.blake3(join(...parts), { context: ascii.encode(context) });

function unhex(text, length, what) {
  const clean = String(text ?? "").replaceAll("-", "");
  if (!/^[0-9a-fA-F]*$/.test(clean) || clean.length !== 2 * length) throw new Error(`${what} is not there or not whole`);
  return Uint8Array.from(clean.match(/../g), (two) => parseInt(two, 16));
}

/** The scalar of 32 secret bytes: RFC 8032 hashes them, RFC 7748 (X25519) does not. */
function scalarOf(secret, target) {
  const scalar = (X25519.includes(target) ? secret : sha512(secret)).slice(0, 32);
  scalar[0] &= 0xf8;
  scalar[31] = (scalar[31] & 0x7f) | 0x40;
  return scalar;
}

/** The public key of a scalar. */
const publicKey = (scalar) => Point.BASE.multiply(BigInt(`0x${hex(scalar.slice().reverse())}`) % Point.CURVE().n).toBytes();

/** RFC 8785. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

function signed(receipt, keys) {
  const { signature, ...members } = receipt;
  const key = keys.find((one) => one.keyId === receipt.keyId);
  if (!key) return false;
  const message = join(ascii.encode("vanikeys receipt v1"), [0], ascii.encode(canonical(members)));
  try { return verify(unhex(signature, 64, "the signature"), message, unhex(key.publicKey, 32, "the key"), { zip215: false }); } catch { return false; }
}

/** What holds of a key file: words, and whether. `keys` are those that sign receipts. */
export function checks(file, keys) {
  if (file?.format !== "vanikeys key file") throw new Error("that is not a key file of VaniKeys");
  if (!file.pull) throw new Error("that key was found by a job: only pulls are drawn from two shares");
  const { receipt } = file.pull;
  const S = unhex(file.pull.serviceShare, 32, "the service’s share"), C = unhex(file.pull.clientShare, 32, "your share");
  const id = unhex(receipt.commitmentId, 16, "the promise’s id");
  const seed = derived("vanikeys pull seed v1", S, C, id);
  const scalar = scalarOf(seed, file.target), seeded = !X25519.includes(file.target);
  const own = seeded ? file.exports?.["seed-hex"]?.trim() === hex(seed) : file.exports?.["expanded-hex"]?.startsWith(hex(scalar));
  return [
    ["The receipt is signed by this service", signed(receipt, keys)],
    ["The service’s share is the one that it promised before", hex(derived("vanikeys pull commitment v1", S, id)) === receipt.commitment],
    ["Your share is the one that the receipt names", hex(derived("vanikeys pull client share v1", C)) === receipt.clientShareHash],
    ["The key follows from both shares", hex(publicKey(scalar)) === receipt.publicKey],
    ["The private key in the file is that key", file.publicKey === receipt.publicKey && file.target === receipt.pattern.target && own],
  ];
}

async function read(text) {
  const clean = text.trim();
  if (!clean) throw new Error("choose or paste your key file first");
  if (clean.startsWith("-----BEGIN AGE")) {
    const secrets = secretsIn(clean);
    return opened(clean.slice(0, clean.indexOf("-----END") + "-----END AGE ENCRYPTED FILE-----".length).trim(), secrets.length ? secrets : undefined);
  }
  try { return JSON.parse(clean); } catch { throw new Error("that is neither a key file nor a sealed one"); }
}

const place = document.querySelector("[data-derive]"), note = place.querySelector("[role=status]");
const shown = place.querySelector("[data-checks]"), own = place.querySelector("[data-own]");
const area = document.getElementById("own-file"), chooser = document.getElementById("own-file-chosen");

async function check(get) {
  shown.replaceChildren();
  note.textContent = "Checking.";
  try {
    const file = await read(await get());
    const answer = await fetch("/.well-known/vanikeys-receipt-keys.json");
    const lines = checks(file, (await answer.json()).keys);
    const all = lines.every(([, holds]) => holds);
    const result = element("div", "", { className: `note ${all ? "good" : "bad"}` },
      element("p", "", {}, element("b", all ? "This key came about as promised." : "This key did not come about as its receipt says.")),
      element("ul", "", {}, ...lines.map(([what, holds]) => element("li", `${what}: `, {}, element("span", holds ? "holds" : "does not hold", { className: holds ? "fine" : "wrong" })))));
    shown.append(result);
    note.textContent = `${all ? "It holds" : "It does not hold"}. Worked out in this page only; neither the file nor a share was sent anywhere.`;
    const receipt = document.getElementById("receipt");
    receipt.value ||= JSON.stringify(file.pull.receipt, null, 2);
  } catch (error) {
    note.textContent = `It could not be checked: ${error.message}.`;
  }
}

own?.addEventListener("click", () => check(() => fetched(own.dataset.own)));
place.querySelector("[data-given]").addEventListener("click", () => check(async () => area.value || chooser.files[0]?.text() || ""));
