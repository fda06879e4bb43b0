#!/usr/bin/env python3
"""Completes prompts from the exported GGUF with numpy alone.

It shares nothing with the training code but the GGUF reader and the tokenizer,
so it checks the file that was written: that names, shapes, packing, scales and
vocabulary say what the network learned.  Greedy; ternary weights, int8
activations; float32 elsewhere, so a tie apart it says what the engine says.
"""
import argparse
import json

import numpy as np

import gguf
from tokenizer import SPECIALS, Tokenizer

EPS = np.float32(1e-5)


class Reference:
    def __init__(self, path):
        meta, self.tensors = gguf.read(path)
        a = meta["general.architecture"]
        self.layers = meta[f"{a}.block_count"]
        self.heads = meta[f"{a}.attention.head_count"]
        self.kv_heads = meta[f"{a}.attention.head_count_kv"]
        self.head_dim = meta[f"{a}.embedding_length"] // self.heads
        self.context = meta[f"{a}.context_length"]
        self.rope_base = meta[f"{a}.rope.freq_base"]
        self.weights = {n: t[0].T.astype(np.float32) for n, t in self.tensors.items()
                        if isinstance(t, tuple)}
        tokens = meta["tokenizer.ggml.tokens"]
        self.tokenizer = Tokenizer([m.split(" ") for m in meta["tokenizer.ggml.merges"]],
                                   len(tokens))
        if self.tokenizer.tokens != tokens:
            raise ValueError("the file's tokens are not those its merges give")

    def norm(self, x, name):
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + EPS) * self.tensors[name]

    def product(self, x, name):
        """Ternary weights times x in 255 steps of its largest magnitude: an exact integer sum."""
        scale = 127 / np.maximum(np.abs(x).max(-1, keepdims=True), EPS)
        return np.rint(x * scale) @ self.weights[name] / scale * self.tensors[name][1]

    def rotate(self, x, positions):
        half = self.head_dim // 2
        angle = positions[:, None] * self.rope_base ** (-np.arange(half) / half)
        cos, sin = (f(angle).astype(np.float32)[:, None] for f in (np.cos, np.sin))
        low, high = x[..., :half], x[..., half:]
        return np.concatenate([low * cos - high * sin, high * cos + low * sin], -1)

    def forward(self, ids, cache):
        """Logits after the last of these tokens; cache: keys and values per layer, extended."""
        past = len(cache[0][0]) if cache else 0
        if not cache:
            empty = np.zeros((0, self.kv_heads, self.head_dim), np.float32)
            cache.extend([empty, empty] for _ in range(self.layers))
        positions = np.arange(past, past + len(ids))
        causal = np.where(np.arange(past + len(ids)) > positions[:, None], -np.inf, 0)
        x = self.tensors["token_embd.weight"][ids]
        for n in range(self.layers):
            b = f"blk.{n}."
            normed = self.norm(x, b + "attn_norm.weight")
            q, k, v = (self.product(normed, f"{b}attn_{p}.weight")
                       .reshape(len(ids), -1, self.head_dim) for p in "qkv")
            cache[n][0] = np.concatenate([cache[n][0], self.rotate(k, positions)])
            cache[n][1] = np.concatenate([cache[n][1], v])
            q, group = self.rotate(q, positions), self.heads // self.kv_heads
            keys, values = (np.repeat(c, group, 1) for c in cache[n])
            scores = np.einsum("thd,shd->hts", q, keys) / np.sqrt(self.head_dim) + causal
            share = np.exp(scores - scores.max(-1, keepdims=True))
            share /= share.sum(-1, keepdims=True)
            out = np.einsum("hts,shd->thd", share, values).reshape(len(ids), -1)
            x = x + self.product(self.norm(out.astype(np.float32), b + "attn_sub_norm.weight"),
                                 b + "attn_output.weight")
            normed = self.norm(x, b + "ffn_norm.weight")
            gate = np.maximum(self.product(normed, b + "ffn_gate.weight"), 0)
            hidden = gate * gate * self.product(normed, b + "ffn_up.weight")
            x = x + self.product(self.norm(hidden, b + "ffn_sub_norm.weight"),
                                 b + "ffn_down.weight")
        last = self.norm(x[-1:], "output_norm.weight")
        return (last @ self.tensors["token_embd.weight"].T)[0]

    def complete(self, prompt, limit, stop_at_newline=True):
        ids, cache, out = self.tokenizer.encode_chat(prompt), [], []
        while len(out) < limit:
            token = int(self.forward(ids, cache).argmax())
            if self.tokenizer.tokens[token] in SPECIALS:
                break
            out.append(token)
            ids = [token]
            if stop_at_newline and "\n" in self.tokenizer.decode([token]):
                break
        return self.tokenizer.decode(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, help="GGUF file")
    parser.add_argument("--prompts", help="prompts of evaluate.py to complete")
    parser.add_argument("--completions", help="where to write the completions")
    parser.add_argument("--prompt", action="append", default=[], help="complete this instead")
    parser.add_argument("--every", type=int, default=1, help="complete only every n-th prompt")
    parser.add_argument("--limit", type=int, default=120, help="tokens of a completion")
    args = parser.parse_args()
    model = Reference(args.model)
    for prompt in args.prompt:
        print(model.complete(prompt, args.limit, stop_at_newline=False))
    if args.prompts:
        with open(args.prompts, encoding="utf-8") as f, \
                open(args.completions, "w", encoding="utf-8") as out:
            for item in list(map(json.loads, f))[::args.every]:
                text = model.complete(item["prompt"], args.limit)
                out.write(json.dumps({"id": item["id"], "completion": text}) + "\n")


if __name__ == "__main__":
    main()
