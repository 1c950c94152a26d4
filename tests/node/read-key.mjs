// Reads a private key file with other people's software and prints what that makes of it, as JSON:
// {"publicKey": hex, "text": the key's name where the software gives it one, "signed": whether a signature by the key verified}.
// Usage: node read-key.mjs FORMAT < FILE

import { readFileSync } from "node:fs";
import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";

const message = new TextEncoder().encode("vanikeys");
const hex = (bytes) => Buffer.from(bytes).toString("hex");
const file = readFileSync(0), line = file.toString().trim();

/** Node's own OpenSSL, for a key object. */
function node(privateKey) {
  const publicKey = createPublicKey(privateKey);
  const signed = verify(null, message, publicKey, sign(null, message, privateKey));
  return { publicKey: hex(Buffer.from(publicKey.export({ format: "jwk" }).x, "base64url")), signed };
}

/** Scalar and nonce prefix, signed with by hand over the curve of @noble/curves, verified by its ordinary verifier. */
async function expanded(bytes) {
  const { ed25519 } = await import("@noble/curves/ed25519.js");
  const { createHash } = await import("node:crypto");
  const order = ed25519.Point.Fn.ORDER;
  const little = (part) => BigInt("0x" + hex(Buffer.from(part).reverse()));
  const hash = (...parts) => little(createHash("sha512").update(Buffer.concat(parts)).digest()) % order;
  const multiply = (scalar) => ed25519.Point.BASE.multiply(scalar).toBytes();
  const [scalar, prefix] = [little(bytes.subarray(0, 32)) % order, bytes.subarray(32, 64)];
  const publicKey = multiply(scalar);
  const r = hash(prefix, message);
  const R = multiply(r);
  const s = (r + hash(R, publicKey, message) * scalar) % order;
  const S = Buffer.from(s.toString(16).padStart(64, "0"), "hex").reverse();
  return { publicKey: hex(publicKey), signed: ed25519.verify(Buffer.concat([R, S]), message, publicKey) };
}

async function seed(bytes) {
  const { ed25519 } = await import("@noble/curves/ed25519.js");
  const publicKey = ed25519.getPublicKey(bytes);
  return { publicKey: hex(publicKey), signed: ed25519.verify(ed25519.sign(message, bytes), message, publicKey) };
}

const readers = {
  "seed-hex": () => seed(Buffer.from(file.toString().trim(), "hex")),
  "seed-base58": async () => seed((await import("base58-universal")).decode(file.toString().trim())),
  pkcs8: () => node(createPrivateKey(file)),
  async jwk() {
    const jwk = JSON.parse(file);
    const { SignJWT, importJWK, jwtVerify } = await import("jose");
    const { d, ...publicJwk } = jwk;
    const token = await new SignJWT({}).setProtectedHeader({ alg: "EdDSA" }).sign(await importJWK(jwk, "EdDSA"));
    await jwtVerify(token, await importJWK(publicJwk, "EdDSA"));
    return node(createPrivateKey({ key: jwk, format: "jwk" }));
  },
  async solana() {
    const { createKeyPairSignerFromBytes } = await import("@solana/signers");
    const signer = await createKeyPairSignerFromBytes(Uint8Array.from(JSON.parse(file)));
    const publicKey = await crypto.subtle.exportKey("raw", signer.keyPair.publicKey);
    const signature = await crypto.subtle.sign("Ed25519", signer.keyPair.privateKey, message);
    const signed = await crypto.subtle.verify("Ed25519", signer.keyPair.publicKey, signature, message);
    return { publicKey: hex(publicKey), text: signer.address, signed };
  },
  async "did-document"() {
    const multikey = await import("@digitalbazaar/ed25519-multikey");
    const { driver } = await import("@digitalbazaar/did-method-key");
    const document = JSON.parse(file);
    const method = document.verificationMethod[0];
    const key = await multikey.from({ "@context": document["@context"][1], ...method });
    const signature = await key.signer().sign({ data: message });
    const signed = await key.verifier().verify({ data: message, signature });
    const { publicKey } = await key.export({ publicKey: true, raw: true });
    // The document that the method's own resolver makes of the did must be this one, the secret left out.
    const resolver = driver();
    resolver.use({ multibaseMultikeyHeader: "z6Mk", fromMultibase: multikey.from });
    const resolved = await resolver.get({ did: document.id });
    const same = (name) => JSON.stringify(resolved[name]) === JSON.stringify(document[name]);
    const names = ["id", "authentication", "assertionMethod", "capabilityDelegation", "capabilityInvocation"];
    const different = names.filter((name) => !same(name));
    if (different.length) throw new Error(`the resolver's document differs in ${different}`);
    return { publicKey: hex(publicKey), text: resolved.id, signed };
  },
  async libp2p() {
    const { privateKeyFromProtobuf } = await import("@libp2p/crypto/keys");
    const { peerIdFromPrivateKey } = await import("@libp2p/peer-id");
    const key = privateKeyFromProtobuf(Buffer.from(line, "base64"));
    const signed = await key.publicKey.verify(message, await key.sign(message));
    return { publicKey: hex(key.publicKey.raw), text: peerIdFromPrivateKey(key).toString(), signed };
  },
  async stellar() {
    const { Keypair } = await import("@stellar/stellar-base");
    const key = Keypair.fromSecret(line), bytes = Buffer.from(message);
    return { publicKey: hex(key.rawPublicKey()), text: key.publicKey(), signed: key.verify(bytes, key.sign(bytes)) };
  },
  async algorand() {
    const { mnemonicToSecretKey, signBytes, verifyBytes } = await import("algosdk");
    const { addr, sk } = mnemonicToSecretKey(line);
    return { publicKey: hex(addr.publicKey), text: addr.toString(), signed: verifyBytes(message, signBytes(message, sk), addr) };
  },
  async aptos() {
    const { Ed25519PrivateKey } = await import("@aptos-labs/ts-sdk");
    const key = new Ed25519PrivateKey(line, true), publicKey = key.publicKey();
    const signed = publicKey.verifySignature({ message, signature: key.sign(message) });
    return { publicKey: hex(publicKey.toUint8Array()), text: publicKey.authKey().derivedAddress().toStringLong(), signed };
  },
  async sui() {
    const { Ed25519Keypair } = await import("@mysten/sui/keypairs/ed25519");
    const key = Ed25519Keypair.fromSecretKey(line), publicKey = key.getPublicKey();
    const signed = await publicKey.verify(message, await key.sign(message));
    return { publicKey: hex(publicKey.toRawBytes()), text: publicKey.toSuiAddress(), signed };
  },
  "expanded-hex": () => expanded(Buffer.from(file.toString().trim(), "hex")),
  tor: () => expanded(file.subarray(32)),
};

console.log(JSON.stringify(await readers[process.argv[2]]()));
