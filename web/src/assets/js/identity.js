// The age identities that this browser keeps for the person who is signed in: what sealed keys are sealed to and
// opened with. They never leave the browser but as files that the person saves. The library is fetched when it is
// first needed.
const person = document.body.dataset.person;
// Each person's own: browsers are shared.
const STORE = `vanikeys.identities.${person}`, CHOICE = `vanikeys.custody.${person}`;
// Where the browser stores nothing, they last as long as the page.
const here = new Map();

function read(name) {
  try { return JSON.parse(localStorage.getItem(name)) ?? here.get(name); } catch { return here.get(name); }
}

function write(name, value) {
  here.set(name, value);
  try { localStorage.setItem(name, JSON.stringify(value)); } catch { /* kept for this page */ }
}

/** The library. */
export async function age() {
  await import("/assets/vendor/age.js");
  return window.age;
}

/** All that are kept: identity, recipient, when made, whether saved. */
export const identities = () => read(STORE) ?? [];

/** The one that new keys are sealed to: the newest that the person has saved. */
export const ready = () => identities().filter((one) => one.saved).at(-1);

/** The custody that this person last chose here; sealed unless they chose otherwise. */
export const choice = () => (read(CHOICE) === "service" ? "service" : "sealed");

/** Remembers the custody that was chosen. */
export const choose = (custody) => write(CHOICE, custody);

const others = (recipient) => identities().filter((one) => one.recipient !== recipient);

/** One to save: what was made before and not saved yet, or a new one. */
export async function unsaved() {
  const waiting = identities().find((one) => !one.saved);
  if (waiting) return waiting;
  const lib = await age(), identity = await lib.generateX25519Identity();
  const made = { identity, recipient: await lib.identityToRecipient(identity), created: new Date().toISOString(), saved: false };
  write(STORE, [...identities(), made]);
  return made;
}

/** The person has it. */
export const markSaved = (one) => write(STORE, [...others(one.recipient), { ...one, saved: true }]);

/** Takes in one that the person has already. */
export async function adopt(text) {
  const identity = text.match(/AGE-SECRET-KEY-1[0-9A-Z]+/i)?.[0].toUpperCase();
  if (!identity) throw new Error("that is not an age identity; it begins with AGE-SECRET-KEY-1");
  const lib = await age();
  let recipient;
  try { recipient = await lib.identityToRecipient(identity); } catch { throw new Error("that identity is not whole; copy all of it"); }
  markSaved({ identity, recipient, created: new Date().toISOString() });
  return ready();
}

/** Keeps it here no longer. */
export const forget = (one) => write(STORE, others(one.recipient));

/** The file that is saved, as `age-keygen` writes it. */
export const asFile = (one) => `# created: ${one.created}\n# public key: ${one.recipient}\n${one.identity}\n`;

/** The key file in a sealed one, opened with `secrets`, or with what is kept. */
export async function opened(sealed, secrets = identities().map((one) => one.identity)) {
  if (secrets.length === 0) throw new Error("this browser keeps no identity for you; paste the one that the key was sealed to");
  const lib = await age(), decrypter = new lib.Decrypter();
  let file;
  try {
    for (const secret of secrets) decrypter.addIdentity(secret);
    file = lib.armor.decode(sealed);
  } catch { throw new Error("that identity or that file is not whole; copy all of it"); }
  try {
    return JSON.parse(await decrypter.decrypt(file, "text"));
  } catch { throw new Error("it is sealed to another identity; paste the one that it was sealed to"); }
}

/** The secret parts of identities in a text. */
export const secretsIn = (text) => text.match(/AGE-SECRET-KEY-1[0-9A-Z]+/g) ?? [];
