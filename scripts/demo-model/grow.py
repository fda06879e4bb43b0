#!/usr/bin/env python3
"""Adds layers to a checkpoint without changing what it computes.

A new layer's output projections are zero, so that it adds nothing until
training goes on.  Lookups are cheaper to learn in few layers; following a story
takes more of them.
"""
import argparse

import torch

from model import Config, Model
from train import flatten, load_model, save


def grown(model, after):
    """The model with a new layer behind each layer whose number is in `after`; whose layer is where."""
    sources = []
    for n in range(model.c.layers):
        sources += [n, None] if n in after else [n]
    new = Model(Config(**{**vars(model.c), "layers": len(sources)}))
    for block, source in zip(new.blocks, sources):
        if source is None:
            for part in [*block.output.parts, *block.down.parts]:
                part.data.zero_()
        else:
            block.load_state_dict(model.blocks[source].state_dict())
    new.embedding.data.copy_(model.embedding)
    new.output_norm.data.copy_(model.output_norm)
    return new, sources


def grown_moment(model, moment, after):
    """An optimiser's moment of the model, with zeros for the new layers."""
    old = Model(model.c)
    flatten(old, moment.clone())
    new, sources = grown(old, after)
    for block, source in zip(new.blocks, sources):
        if source is None:
            for p in block.parameters():
                p.data.zero_()
    return flatten(new).clone()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", required=True, help="file of train.py")
    parser.add_argument("--out", required=True, help="file to write, for train.py --out")
    parser.add_argument("--after", type=int, nargs="+", default=[1, 2],
                        help="layers, from 0, to put a new one behind")
    args = parser.parse_args()
    torch.manual_seed(7)
    model, data = load_model(args.checkpoint)
    if any(n < 0 or n >= model.c.layers for n in args.after):
        raise SystemExit(f"--after {args.after}: the model's layers are 0 to {model.c.layers - 1}")
    new, _ = grown(model, args.after)
    moments = [grown_moment(model, m, args.after) for m in data["moments"]]
    save(args.out, new.c, flatten(new), moments, data["step"], data["tokens"], data["elapsed"])
    print(f"{model.c.layers} layers became {new.c.layers}: {args.out}")


if __name__ == "__main__":
    main()
