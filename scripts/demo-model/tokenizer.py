#!/usr/bin/env python3
"""Byte-level BPE in the llama-bpe scheme: training, encoding, decoding.

Text is cut by Llama 3's pre-tokenizer pattern, bytes are written as GPT-2's
characters, and merges apply in the order learned.  No merge is learned inside
pre-tokens with digits, so every digit stays one token.
"""
import argparse
import collections
import json
import re
import sys

BEGIN, END, TURN = "<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>"
SPECIALS = [BEGIN, END, TURN]

# Llama 3's pattern as the model files carry it.
PATTERN = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
           r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")

# The same for Python's re, which lacks \p: [^\W\d_] are the letters, \d the numbers.
_SPLIT = re.compile(PATTERN.replace(r"[^\r\n\p{L}\p{N}]?\p{L}+", r"(?:[^\r\n\w]|_)?[^\W\d_]+")
                    .replace(r"[^\s\p{L}\p{N}]+", r"(?:[^\s\w]|_)+").replace(r"\p{N}", r"\d"))


def byte_characters():
    """GPT-2's character for each byte."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table = {b: chr(b) for b in plain}
    for n, b in enumerate(b for b in range(256) if b not in table):
        table[b] = chr(256 + n)
    return [table[b] for b in range(256)]


class Tokenizer:
    def __init__(self, merges, size):
        """`size` entries: 256 bytes, the merges, unused fillers if any, the specials last."""
        self.merges = [tuple(m) for m in merges]
        chars = byte_characters()
        self.tokens = sorted(chars) + ["".join(m) for m in self.merges]
        fillers = size - len(self.tokens) - len(SPECIALS)
        if fillers < 0:
            raise ValueError(f"{len(self.merges)} merges do not fit a vocabulary of {size}")
        self.fillers = [f"<|unused_{n}|>" for n in range(fillers)]
        self.tokens += self.fillers + SPECIALS
        self.id = {t: i for i, t in enumerate(self.tokens)}
        self.begin, self.end, self.turn = (self.id[s] for s in SPECIALS)
        self._chars = chars
        self._byte = {c: b for b, c in enumerate(chars)}
        self._rank = {m: r for r, m in enumerate(self.merges)}
        self._cache = {}

    def encode(self, text):
        """Token ids of plain text; special tokens in it are not recognised."""
        out = []
        for piece in _SPLIT.findall(text):
            ids = self._cache.get(piece)
            if ids is None:
                ids = self._cache[piece] = self._encode_piece(piece)
            out += ids
        return out

    def _encode_piece(self, piece):
        parts = [self._chars[b] for b in piece.encode()]
        whole = self.id.get("".join(parts))
        if whole is not None:
            return [whole]
        while len(parts) > 1:
            rank, at = min((self._rank.get(pair, 1 << 30), i)
                           for i, pair in enumerate(zip(parts, parts[1:])))
            if rank == 1 << 30:
                break
            parts[at:at + 2] = [parts[at] + parts[at + 1]]
        return [self.id[p] for p in parts]

    def encode_chat(self, text):
        """Token ids of text in which special tokens stand for themselves."""
        out = []
        for part in re.split("(" + "|".join(map(re.escape, SPECIALS)) + ")", text):
            out += [self.id[part]] if part in SPECIALS else self.encode(part)
        return out

    def decode(self, ids):
        out = b""
        for i in ids:
            token = self.tokens[i]
            special = token in SPECIALS or token in self.fillers
            out += token.encode() if special else bytes(self._byte[c] for c in token)
        return out.decode(errors="replace")

    def save(self, path):
        with open(path, "w", encoding="utf-8") as f:
            json.dump({"size": len(self.tokens), "merges": self.merges}, f, ensure_ascii=False,
                      indent=0)

    @staticmethod
    def load(path):
        with open(path, encoding="utf-8") as f:
            data = json.load(f)
        return Tokenizer(data["merges"], data["size"])


def train(texts, size):
    """Learns merges from texts: the most frequent pair first, the smaller pair on ties.

    Stops early when every pre-token is one token.
    """
    chars = byte_characters()
    counts = collections.Counter(p for t in texts for p in _SPLIT.findall(t))
    words = {p: [chars[b] for b in p.encode()] for p in counts if not re.search(r"\d", p)}
    merges = []
    while len(merges) < size - 256 - len(SPECIALS):
        pairs = collections.Counter()
        for piece, parts in words.items():
            for pair in zip(parts, parts[1:]):
                pairs[pair] += counts[piece]
        if not pairs:
            break
        best = min(pairs, key=lambda p: (-pairs[p], p))
        merges.append(best)
        for parts in words.values():
            i = 0
            while i < len(parts) - 1:
                if (parts[i], parts[i + 1]) == best:
                    parts[i:i + 2] = ["".join(best)]
                i += 1
    return Tokenizer(merges, size)


def main():
    parser = argparse.ArgumentParser(description="Learn the demo model's vocabulary from texts on "
                                                 "the standard input, one document per line.")
    parser.add_argument("--size", type=int, default=1024, help="entries of the vocabulary")
    parser.add_argument("--out", required=True, help="JSON file to write")
    args = parser.parse_args()
    tokenizer = train(sys.stdin, args.size)
    tokenizer.save(args.out)
    print(len(tokenizer.merges), "merges,", len(tokenizer.fillers), "unused entries")


if __name__ == "__main__":
    main()
