#!/usr/bin/env python3
"""Writes training documents as token files: rows of whole documents, packed.

One .npz file per shard: `ids` (rows x length, uint16) and `weights` (same
shape, uint8, sixteenths): how much the loss of predicting that token counts.
"""
import argparse
import os
import random

import numpy as np

from documents import Writer
from tokenizer import SPECIALS, Tokenizer, train


def encode(tokenizer, parts):
    ids, weights = [], []
    for text, weight in parts:
        part = [tokenizer.id[text]] if text in SPECIALS else tokenizer.encode(text)
        ids += part
        weights += [weight] * len(part)
    return ids, weights


def rows(documents, length, open_rows=24):
    """Packs (ids, weights) into rows: best fit among some open rows; too long ones are skipped."""
    bins = [([], []) for _ in range(open_rows)]
    for ids, weights in documents:
        n = len(ids)
        if n > length:
            continue
        fitting = [b for b in bins if len(b[0]) + n <= length]
        if fitting:
            best = max(fitting, key=lambda b: len(b[0]))
        else:
            best = max(bins, key=lambda b: len(b[0]))
            yield best[0][:], best[1][:]
            best[0].clear()
            best[1].clear()
        best[0].extend(ids)
        best[1].extend(weights)


def write_shard(path, tokenizer, seed, row_count, length, kind):
    writer = Writer(random.Random(seed))
    make = {"short": writer.short, "practice": writer.practice, "mixed": writer.mixed,
            "long": writer.long_chat}[kind]
    ids = np.full((row_count, length), tokenizer.end, np.uint16)
    weights = np.zeros((row_count, length), np.uint8)
    documents = (encode(tokenizer, make()) for _ in iter(int, 1))
    for r, (row, row_weights) in zip(range(row_count), rows(documents, length)):
        ids[r, :len(row)] = row
        weights[r, :len(row)] = row_weights
    np.savez(path + ".tmp.npz", ids=ids, weights=weights)
    os.replace(path + ".tmp.npz", path)


def train_tokenizer(path, size):
    writer = Writer(random.Random(1))
    texts = ["".join(t for t, _ in writer.short() if t not in SPECIALS) for _ in range(30000)]
    tokenizer = train(texts, size)
    tokenizer.save(path)
    return tokenizer


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True, help="folder for tokenizer.json and the shards")
    parser.add_argument("--shards", type=int, default=20)
    parser.add_argument("--rows", type=int, default=8192, help="rows of 129 tokens in a shard")
    parser.add_argument("--kind", choices=["short", "practice", "mixed", "long"],
                        default="short", help="everyday documents, exercises in answering, both "
                        "in equal parts, or conversations in rows of 513 tokens")
    parser.add_argument("--vocabulary", type=int, default=1024)
    parser.add_argument("--seed", type=int, default=1000)
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    vocabulary = os.path.join(args.out, "vocabulary.json")
    if os.path.exists(vocabulary):
        tokenizer = Tokenizer.load(vocabulary)
    else:
        tokenizer = train_tokenizer(vocabulary, args.vocabulary)
    length = 513 if args.kind == "long" else 129
    for n in range(args.shards):
        rows_kind = "long" if args.kind == "long" else "short"
        path = os.path.join(args.out, f"{rows_kind}-{n:03d}.npz")
        seed = args.seed + n + {"short": 0, "long": 500000, "practice": 700000,
                                "mixed": 900000}[args.kind]
        write_shard(path, tokenizer, seed, args.rows, length, args.kind)
        print(path, flush=True)


if __name__ == "__main__":
    main()
