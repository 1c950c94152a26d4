// The other side of sealed files: the library that the page uses. Reads a file from standard input, writes one to standard output.
// Usage: node age.mjs identity | seal RECIPIENT | seal-armored RECIPIENT | open IDENTITY

import { readFileSync } from "node:fs";
import { Decrypter, Encrypter, armor, generateX25519Identity } from "age-encryption";

const [command, key] = process.argv.slice(2);

async function seal() {
  const encrypter = new Encrypter();
  encrypter.addRecipient(key);
  return encrypter.encrypt(readFileSync(0));
}

const commands = {
  identity: generateX25519Identity,
  seal,
  "seal-armored": async () => armor.encode(await seal()),
  async open() {
    const decrypter = new Decrypter();
    decrypter.addIdentity(key);
    const file = readFileSync(0);
    const armored = file.subarray(0, 5).toString() === "-----";
    return decrypter.decrypt(armored ? armor.decode(file.toString()) : file);
  },
};

process.stdout.write(await commands[command]());
