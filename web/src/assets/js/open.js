// Sealed keys opened in the page, with an identity that this browser keeps or one that is pasted. Nothing is sent
// anywhere.
import { opened, secretsIn } from "/assets/js/identity.js";
import { actions, button, save } from "/assets/js/parts.js";

const NAMES = {
  openssh: "id_ed25519", pkcs8: "key.pem", jwk: "key.jwk.json", solana: "solana.json", "did-document": "did.json",
  "seed-hex": "seed.hex", "seed-base58": "seed.b58", "expanded-hex": "expanded.hex", tor: "hs_ed25519_secret_key",
  wireguard: "wireguard.key", age: "age-identity.txt", libp2p: "libp2p.key", stellar: "stellar.txt",
  algorand: "algorand.txt", aptos: "aptos.txt", sui: "sui.txt",
};
const WORDS = {
  openssh: "OpenSSH", pkcs8: "PKCS#8 PEM", jwk: "JWK", solana: "Solana keypair", "did-document": "DID document", "seed-hex": "seed (hex)",
  "seed-base58": "seed (base58)", "expanded-hex": "expanded key (hex)", tor: "Tor service key",
  wireguard: "WireGuard key", age: "age identity", libp2p: "libp2p key", stellar: "Stellar secret",
  algorand: "Algorand words", aptos: "Aptos key", sui: "Sui key",
};

/** The sealed file at an address of this site. */
export async function fetched(address) {
  const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "text/plain, application/json" } });
  if (answer.redirected || answer.status === 401) throw new Error("your session has ended; sign in and come back");
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).message ?? "the sealed key could not be fetched");
  return answer.text();
}

function show(place, key) {
  const row = actions();
  for (const [format, text] of Object.entries(key.exports)) {
    const one = button(`Save ${WORDS[format] ?? format}`, format === "openssh" ? "" : "quiet", () => {
      const bytes = format === "tor" ? Uint8Array.from(atob(text), (c) => c.charCodeAt(0)) : text;
      save(NAMES[format] ?? `${format}.txt`, bytes);
    });
    one.dataset.format = format;
    row.append(one);
  }
  row.append(button("Save everything", "quiet", () => save("vanikeys-key.json", JSON.stringify(key, null, 2), "application/json")));
  place.append(row);
}

function offer(place) {
  if (place.dataset.ready) return;
  place.dataset.ready = "true";
  const other = place.querySelector("details"), area = other.querySelector("textarea");
  const note = place.querySelector("[role=status]"), shown = place.querySelector("[data-opened]");
  place.querySelector("[data-open-here]").addEventListener("click", async () => {
    shown.replaceChildren();
    note.textContent = "Opening it.";
    try {
      const pasted = secretsIn(area.value);
      if (area.value.trim() && pasted.length === 0) throw new Error("what was pasted is not an age identity; it begins with AGE-SECRET-KEY-1");
      const key = await opened(await fetched(place.dataset.open), pasted.length > 0 ? pasted : undefined);
      show(shown, key);
      area.value = "";
      other.open = false;
      note.textContent = "Opened in this page only; nothing was sent anywhere. Each file is the whole private key.";
    } catch (error) {
      other.open = true;
      note.textContent = `It did not open: ${error.message}.`;
    }
  });
}

const look = () => document.querySelectorAll("[data-open]").forEach(offer);
look();
document.addEventListener("vanikeys:delivered", look);
