#!/usr/bin/env python3
"""Trains the demo model on the shards of `corpus.py`, on as many cores as asked for.

Each worker process runs one thread; workers take small batches from a common
counter until the step's batch is done, so a core busy with something else holds
nobody up.  The weights are full-precision ones at first, while the model learns to
look things up, then become ternary within some minutes and stay so.  The
learning rate warms up, stays, and falls to zero in the last minutes.  A
checkpoint holds everything; starting again continues from it.  On SIGTERM it
saves and ends.
"""
import argparse
import ctypes
import glob
import math
import os
import random
import signal
import time

import numpy as np
import torch
import torch.multiprocessing as mp
import torch.nn.functional as F

from corpus import encode
from documents import ANSWER, RESULT, STORY, Writer
from model import Config, Model
from optimiser import Optimiser
from tokenizer import Tokenizer

TOKENS = 512           # of one small batch: 4 short rows or 1 long one
LONG_EVERY = 10        # every tenth small batch has long rows


class Shards:
    """Small batches by number: rows in the files' order, round and round."""

    def __init__(self, folder, story_weight):
        self.folder, self.story_weight = folder, story_weight
        self.open, self.rows = {}, {}

    def batch(self, number):
        long = number % LONG_EVERY == LONG_EVERY - 1
        kind, length = ("long", 512) if long else ("short", 128)
        index = number // LONG_EVERY if long else number - number // LONG_EVERY
        paths = sorted(glob.glob(os.path.join(self.folder, f"{kind}-???.npz")))
        count = TOKENS // length
        if kind not in self.rows:
            self.rows[kind] = len(self.load(kind, paths[0])[0])
        per_shard = self.rows[kind] // count
        ids, weights = self.load(kind, paths[index // per_shard % len(paths)])
        rows = slice(index % per_shard * count, (index % per_shard + 1) * count)
        return ids[rows], weights[rows]

    def load(self, kind, path):
        if self.open.get(kind, ("",))[0] != path:
            data = np.load(path)
            weights = data["weights"].astype(np.float32) / 16
            weights[data["weights"] == STORY] = self.story_weight
            self.open[kind] = (path, torch.from_numpy(data["ids"].astype(np.int64)),
                               torch.from_numpy(weights))
        return self.open[kind][1:]


def keep_freed_memory():
    """Makes glibc's malloc reuse large blocks: giving them back costs more than the arithmetic."""
    libc = ctypes.CDLL("libc.so.6")
    trim_threshold, mmap_threshold = -1, -3
    libc.mallopt(mmap_threshold, 32 << 20)
    libc.mallopt(trim_threshold, 1 << 30)


def document_numbers(ids, begin):
    return (ids == begin).cumsum(1)


def flatten(model, flat=None):
    """Makes the parameters views of one vector, which it returns."""
    params = list(model.parameters())
    if flat is None:
        flat = torch.cat([p.detach().reshape(-1) for p in params]).share_memory_()
    at = 0
    for p in params:
        p.data = flat[at:at + p.numel()].view_as(p)
        at += p.numel()
    return flat


def probes(tokenizer, count):
    """Held-out documents, questions then sums, as padded rows with the answers marked."""
    writer = Writer(random.Random(99), held_out=True)
    out = {}
    for name, make in [("questions", writer.plain_questions), ("chat", writer.chat),
                       ("sums", writer.plain_sums)]:
        docs = [d for d in (encode(tokenizer, make()) for _ in range(count)) if len(d[0]) <= 129]
        ids = torch.full((len(docs), 129), tokenizer.end)
        weights = torch.zeros(len(docs), 129)
        for r, (i, w) in enumerate(docs):
            ids[r, :len(i)], weights[r, :len(w)] = torch.tensor(i), torch.tensor(w)
        out[name] = ids, weights
    return out


@torch.no_grad()
def measure(model, tokenizer, probe):
    """Answers that greedy decoding would give entirely right, by kind of document."""
    out = []
    for name, (ids, weights) in probe.items():
        right = total = 0
        for at in range(0, len(ids), 16):
            rows, marks = ids[at:at + 16], weights[at:at + 16, 1:].numpy()
            hidden = model(rows[:, :-1], document_numbers(rows[:, :-1], tokenizer.begin))
            hit = (model.logits(hidden).argmax(-1) == rows[:, 1:]).numpy()
            for mark, ok in zip((marks == ANSWER) | (marks == RESULT), hit):
                edges = np.flatnonzero(np.diff(np.concatenate([[0], mark, [0]])))
                for start, stop in edges.reshape(-1, 2):
                    total += 1
                    right += ok[start:stop].all()
        out.append(f"{name} {100 * right / max(1, total):.1f}%")
    return ", ".join(out)


def learning_rate(args, step, minutes):
    """Share of the full learning rates."""
    left = (args.minutes - minutes) / args.decay_minutes
    return min(1, (step + 1) / args.warmup) * max(0, min(1, left))


def ternary_share(args, minutes):
    """How far the weights are on their way from full precision (0) to ternary (1)."""
    return max(0.0, min(1.0, (minutes - args.float_minutes) / args.blend_minutes))


def work(rank, args, config, flat, grads, losses, counter, barrier, state):
    """One worker: worker 0 also updates the weights, reports and saves."""
    torch.set_num_threads(1)
    keep_freed_memory()
    tokenizer = Tokenizer.load(os.path.join(args.data, "vocabulary.json"))
    shards = Shards(args.data, args.story_weight)
    model = Model(config)
    flatten(model, flat)
    params = list(model.parameters())
    per_step = args.batch // TOKENS
    step, tokens, elapsed = state["step"], state["tokens"], state["elapsed"]
    moments = state["moments"]
    optimiser = Optimiser(model, flat, moments, rank, args.workers)
    probe = probes(tokenizer, 96) if rank == 0 else None
    stop_asked = False

    def ask_stop(*_):
        nonlocal stop_asked
        stop_asked = True

    # Worker 0 decides: it saves and tells the others.
    signal.signal(signal.SIGTERM, ask_stop if rank == 0 else signal.SIG_IGN)
    started = last_report = last_probe = last_save = time.time()
    done_at_report, loss_sum, loss_count = step, 0.0, 0
    while True:
        if rank == 0:
            state["minutes"].value = (elapsed + time.time() - started) / 60
        barrier.wait()
        minutes = state["minutes"].value
        share = ternary_share(args, minutes)
        model.requantise(share)
        for p in params:
            p.grad = None
        losses[rank] = 0
        while True:
            with counter.get_lock():
                mine = counter.value
                counter.value += 1
            if mine >= per_step:
                break
            ids, weights = shards.batch(tokens // TOKENS + mine)
            hidden = model(ids[:, :-1], document_numbers(ids[:, :-1], tokenizer.begin))
            loss = F.cross_entropy(model.logits(hidden).flatten(0, 1), ids[:, 1:].flatten(),
                                   reduction="none").mul(weights[:, 1:].flatten()).sum()
            (loss / args.batch).backward()
            losses[rank] += loss.item() / args.batch
        tokens += args.batch
        if model.blocks[0].qkv.ternary.grad is None:
            grads[rank].zero_()
        else:
            model.pass_gradients()
            torch.cat([p.grad.reshape(-1) for p in params], out=grads[rank])
        barrier.wait()
        grad = grads.sum(0)
        grad.mul_(min(1.0, 1.0 / (grad.norm().item() + 1e-9)))
        lr = learning_rate(args, step, minutes)
        # No decay while the learning rate falls: the ternary weights should settle.
        optimiser.update(grad, step, args.matrix_lr * lr, args.other_lr * lr,
                         args.weight_decay if lr > 0.99 else 0)
        barrier.wait()
        if rank == 0:
            loss_sum, loss_count = loss_sum + losses.sum().item(), loss_count + 1
            counter.value = 0
            now = time.time()
            over = minutes >= min(args.minutes, args.until) or stop_asked
            if now - last_report > 60 or over:
                rate = (step - done_at_report) * args.batch / (now - last_report)
                line = f"{minutes:6.1f} min  step {step}  {tokens / 1e6:.2f} M " \
                       f"tokens  {rate:.0f} tokens/s  lr {lr:.3f}  ternary {share:.2f}  " \
                       f"loss {loss_sum / loss_count:.4f}"
                if now - last_probe > args.probe_minutes * 60 or over:
                    model.requantise(share)
                    line += "  held out: " + measure(model, tokenizer, probe)
                    last_probe = now
                print(line, flush=True)
                last_report, done_at_report, loss_sum, loss_count = now, step, 0.0, 0
            if now - last_save > 180 or over:
                save(args.out, config, flat, moments, step + 1, tokens,
                     elapsed + now - started)
                last_save = now
            state["over"].value = over
        barrier.wait()
        step += 1
        if state["over"].value:
            return


def save(path, config, flat, moments, step, tokens, elapsed):
    torch.save({"config": vars(config), "flat": flat.clone(), "moments": moments, "step": step,
                "tokens": tokens, "elapsed": elapsed}, path + ".tmp")
    os.replace(path + ".tmp", path)


def load_model(path):
    """The model of a checkpoint, for export and measuring."""
    data = torch.load(path)
    model = Model(Config(**data["config"]))
    flatten(model, data["flat"])
    return model, data


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, help="folder of corpus.py")
    parser.add_argument("--out", required=True, help="checkpoint, continued when it exists")
    parser.add_argument("--minutes", type=float, default=100, help="whole training time")
    parser.add_argument("--decay-minutes", type=float, default=26,
                        help="how long before the end the learning rate begins to fall")
    parser.add_argument("--until", type=float, default=math.inf,
                        help="save and end at this minute, to go on with other data")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--batch", type=int, default=4096, help="tokens per step")
    parser.add_argument("--float-minutes", type=float, default=40,
                        help="how long the weights stay full-precision ones")
    parser.add_argument("--blend-minutes", type=float, default=10,
                        help="how long they then take to become ternary")
    parser.add_argument("--matrix-lr", type=float, default=0.02, help="of Muon")
    parser.add_argument("--other-lr", type=float, default=2e-3, help="of Adam")
    parser.add_argument("--warmup", type=int, default=200, help="steps")
    parser.add_argument("--weight-decay", type=float, default=0.05)
    parser.add_argument("--story-weight", type=float, default=0.4,
                        help="how much the loss of a story's tokens counts: most of it is chance")
    parser.add_argument("--probe-minutes", type=float, default=4)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--hidden", type=int, default=512)
    parser.add_argument("--heads", type=int, default=8)
    parser.add_argument("--kv-heads", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    if os.path.exists(args.out):
        model, data = load_model(args.out)
        config, moments = model.c, data["moments"]
        step, tokens, elapsed = data["step"], data["tokens"], data["elapsed"]
        flat = flatten(model, data["flat"].share_memory_())
        moments = [m.share_memory_() for m in moments]
    else:
        vocabulary = Tokenizer.load(os.path.join(args.data, "vocabulary.json"))
        config = Config(vocabulary=len(vocabulary.tokens), layers=args.layers, width=args.width,
                        heads=args.heads, kv_heads=args.kv_heads, hidden=args.hidden)
        flat = flatten(Model(config))
        step, tokens, elapsed = 0, 0, 0.0
        moments = [torch.zeros_like(flat).share_memory_() for _ in range(2)]
    print(config, len(flat), "parameters", flush=True)
    grads = torch.zeros(args.workers, len(flat)).share_memory_()
    losses = torch.zeros(args.workers).share_memory_()
    state = dict(step=step, tokens=tokens, elapsed=elapsed, moments=moments,
                 over=mp.Value("b", False), minutes=mp.Value("d", 0.0))
    shared = (args, config, flat, grads, losses, mp.Value("l", 0), mp.Barrier(args.workers), state)
    others = [mp.Process(target=work, args=(rank, *shared), daemon=True)
              for rank in range(1, args.workers)]
    for process in others:
        process.start()
    work(0, *shared)


if __name__ == "__main__":
    main()
