// Writes sentencepiece-vectors.tsv beside it: four seeded vocabularies and the token ids that
// Google's SentencePiece, compiled to WebAssembly, gives for seeded strings with each of them.
//
//   npm install @agnai/sentencepiece-js@1.1.1 && node sentencepiece-vectors.mjs
//
// Each vocabulary goes to the library as a model file, a protocol buffer: pieces with text, score
// and type, a trainer specification of type BPE, and a normalizer that changes nothing but spaces.
// Where a space is put in front of text there are no user-defined tokens, because llama.cpp, which
// is followed here, puts one after those too, and SentencePiece does not.
import fs from "node:fs";
import os from "node:os";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const load = createRequire(process.cwd() + "/x.js");
const { SentencePieceProcessor } = load("@agnai/sentencepiece-js");

let state = 0n;
function random(bound) {
  state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
  return Number(state >> 33n) % bound;
}

function varint(n) {
  const bytes = [];
  for (; n > 127; n = Math.floor(n / 128)) bytes.push((n % 128) | 128);
  return Buffer.from([...bytes, n]);
}
const bytesField = (number, bytes) =>
  Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
const intField = (number, value) => Buffer.concat([varint(number * 8), varint(value)]);
function floatField(number, value) {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([varint(number * 8 + 5), bytes]);
}

function modelFile(vocabulary) {
  const pieces = vocabulary.tokens.map(({ text, type, score }) =>
    bytesField(1, Buffer.concat(
      [bytesField(1, Buffer.from(text)), floatField(2, score), intField(3, type)])));
  const trainer = Buffer.concat([intField(3, 2), intField(4, pieces.length),
    intField(35, vocabulary.byteFallback), intField(40, 0), intField(41, 1), intField(42, 2)]);
  const normalizer = Buffer.concat([bytesField(1, Buffer.from("identity")),
    intField(3, vocabulary.prefix), intField(4, 0), intField(5, 1)]);
  return Buffer.concat([...pieces, bytesField(2, trainer), bytesField(3, normalizer)]);
}

function newVocabulary(byteFallback, prefix) {
  const tokens = [{ text: "<unk>", type: 2, score: 0 }, { text: "<s>", type: 3, score: 0 },
    { text: "</s>", type: 3, score: 0 }];
  const add = (text, type, score) => {
    if (!tokens.some((token) => token.text === text)) tokens.push({ text, type, score });
  };
  for (let b = 0; byteFallback && b < 256; b++) {
    add(`<0x${b.toString(16).toUpperCase().padStart(2, "0")}>`, 6, 0);
  }
  const letters = [..."abcd\u2581\u00e9\u4e2d\u{1f600}"];
  for (const letter of letters) {
    if (letter === "\u2581" || random(5) > 0) add(letter, 1, -50 - random(40));
  }
  for (let i = 0; i < 40; i++) {
    let text = "";
    for (let n = 2 + random(3); n > 0; n--) {
      text += letters[random(letters.length)];
      if ([...text].length > 1) add(text, 1, -random(20));
    }
  }
  if (!prefix) for (const text of ["xyz", "<tag>", "zz", "zzz"]) add(text, 4, 0);
  return { byteFallback, prefix, tokens };
}

const escaped = (text) => text.replace(/[^!-~]|\\/g,
  (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
const lines = [];
for (const [byteFallback, prefix] of [[1, 1], [0, 1], [1, 0], [0, 0]]) {
  state = BigInt(2 * byteFallback + prefix + 1);
  const vocabulary = newVocabulary(byteFallback, prefix);
  const path = join(os.tmpdir(), `vectors-${process.pid}.model`);
  fs.writeFileSync(path, modelFile(vocabulary));
  const processor = new SentencePieceProcessor();
  await processor.load(path);
  fs.unlinkSync(path);
  lines.push(`vocabulary\t${prefix}`);
  for (const { text, type, score } of vocabulary.tokens) {
    lines.push(`token\t${type}\t${score}\t${escaped(text)}`);
  }
  const parts = [..."abcdabcd  \u00e9\u4e2d\u{1f600}xfz", "xyz", "zzz", "<tag>", "<s>", "\n"];
  for (let i = 0; i < 40; i++) {
    let text = "";
    for (let n = 1 + random(24); n > 0; n--) text += parts[random(parts.length)];
    lines.push(`text\t${escaped(text)}\t${processor.encodeIds(text).join(",")}`);
  }
}
fs.writeFileSync(join(here, "sentencepiece-vectors.tsv"), lines.join("\n") + "\n");
