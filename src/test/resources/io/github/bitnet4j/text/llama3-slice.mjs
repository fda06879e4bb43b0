// Writes the three llama3-* data files beside it: token ids that an independent encoder gives for a
// few strings, and just the tokens and merges of Llama 3's vocabulary that those strings need.
//
//   npm install llama3-tokenizer-js && node llama3-slice.mjs
//
// A merge is kept if encoding one of the strings applies it. The first merge applied by the whole
// vocabulary is then also the first by the slice, at every step, so both give the same ids.
import fs from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const packagePath = createRequire(process.cwd() + "/x.js").resolve("llama3-tokenizer-js");
const llama3 = (await import(pathToFileURL(packagePath))).default;

const strings = [
  "The capital of France is", "hello", "", " ", "Hello, world!", "hello world\n",
  "I'VE said it's what they'd want; we'll see, I'm sure you're right - don't",
  "int main(int argc, char **argv) {\n\treturn 0;\n}\n",
  "for i in range(10):\n    print(f\"{i:>3}\")\n\n\n    pass",
  "1 12 123 1234 12345 1234567890 3.14159 0x1F \u0661\u0662\u0663\u0664 \u00bd\u2167",
  "  two spaces", "trailing   ", "a\tb\t\tc", "line\r\nbreaks\r\n\r\n  and \n \n more",
  "\u00a0no-break\u3000ideographic\u2028line", "\u0000\u0001\u001f\u007f",
  "na\u00efve caf\u00e9 gr\u00f6\u00dfe \u00dcn\u00efc\u00f6d\u00e9", "e\u0301a\u0308\u0323o\u0302",
  "\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440!",
  "\u0395\u03bb\u03bb\u03b7\u03bd\u03b9\u03ba\u03ac", "\u4f60\u597d\uff0c\u4e16\u754c\u3002",
  "\u3053\u3093\u306b\u3061\u306f\u4e16\u754c", "\uc548\ub155\ud558\uc138\uc694",
  "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645",
  "\u05e9\u05dc\u05d5\u05dd", "\u0928\u092e\u0938\u094d\u0924\u0947", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35",
  "\ud83d\ude00 \ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67 \ud83c\uddeb\ud83c\uddf7 \u2764\ufe0f",
  "\ud835\udc9c\ud835\udcb7 \ud840\udc00 \udbff\udfff",
  "https://example.org/a_b?c=d&e=%20#f", "SELECT * FROM t WHERE x >= 'y' -- z",
  "...!!!???\n\n---===***", "<html><body class=\"x\">&nbsp;</body></html>",
  "antidisestablishmentarianism Donaudampfschifffahrtsgesellschaft",
  "ALL CAPS camelCase snake_case kebab-case", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  "User: Hi", "Assistant: ", "System: You are helpful.",
];

const expression = new RegExp(
  "'(?:[sStTmMdD]|[rR][eE]|[vV][eE]|[lL][lL])|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}" +
  "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+", "gu");
const alphabet = [];
for (let b = 0, next = 256; b < 256; b++) {
  const printable = (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174;
  alphabet.push(String.fromCharCode(printable ? b : next++));
}
const rankOf = (left, right) => llama3.merges.get(left + " " + right) ?? Infinity;

const merges = new Map();
const tokens = new Set([...alphabet, "<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>"]);
for (const text of strings) {
  for (const [piece] of text.matchAll(expression)) {
    let parts = [...new TextEncoder().encode(piece)].map((byte) => alphabet[byte]);
    if (llama3.vocabByString.has(parts.join(""))) {
      tokens.add(parts.join(""));
    }
    for (;;) {
      let best = -1, rank = Infinity;
      for (let i = 0; i + 1 < parts.length; i++) {
        if (rankOf(parts[i], parts[i + 1]) < rank) {
          best = i;
          rank = rankOf(parts[i], parts[i + 1]);
        }
      }
      if (best < 0) break;
      const [left, right] = [parts[best], parts[best + 1]];
      merges.set(left + " " + right, rank);
      parts.splice(best, 2, left + right);
    }
  }
}
for (const merge of merges.keys()) {
  const [left, right] = merge.split(" ");
  [left, right, left + right].forEach((text) => tokens.add(text));
}

const escaped = (text) =>
  text.replace(/[^\x21-\x5b\x5d-\x7e]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
const write = (name, lines) => fs.writeFileSync(join(here, name), lines.join("\n") + "\n");
write("llama3-tokens.tsv",
  [...tokens].map((text) => [llama3.vocabByString.get(text), text])
    .sort((a, b) => a[0] - b[0]).map(([id, text]) => id + "\t" + text));
write("llama3-merges.txt",
  [...merges.entries()].sort((a, b) => a[1] - b[1]).map(([merge]) => merge));
write("llama3-vectors.tsv",
  strings.map((text) =>
    escaped(text) + "\t" + llama3.encode(text, { bos: true, eos: false }).join(",")));
