#!/usr/bin/env python3
"""Makes a checkpoint of the Hugging Face style folder, so that training can go on from it.

The folder holds the float32 master weights, which is all that matters of a
checkpoint; the optimizer starts afresh.  Exporting the checkpoint gives back the
same files.
"""
import argparse
import json
import os
import struct

import numpy as np
import torch

from export import weights
from model import Config, Model
from train import flatten, save


def read_safetensors(path):
    """name -> float32 array of every tensor."""
    with open(path, "rb") as f:
        length, = struct.unpack("<Q", f.read(8))
        header = json.loads(f.read(length))
        data = f.read()
    header.pop("__metadata__", None)
    return {name: np.frombuffer(data[slice(*entry["data_offsets"])], np.float32)
            .reshape(entry["shape"]) for name, entry in header.items()}


def read_config(folder):
    with open(os.path.join(folder, "config.json"), encoding="utf-8") as f:
        c = json.load(f)
    return Config(vocabulary=c["vocab_size"], width=c["hidden_size"],
                  layers=c["num_hidden_layers"], heads=c["num_attention_heads"],
                  kv_heads=c["num_key_value_heads"], hidden=c["intermediate_size"],
                  context=c["max_position_embeddings"], rope_base=c["rope_theta"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", required=True, help="folder written by export.py")
    parser.add_argument("--checkpoint", required=True, help="file to write, for train.py --out")
    args = parser.parse_args()
    model = Model(read_config(args.folder))
    flat = flatten(model)
    tensors = read_safetensors(os.path.join(args.folder, "model.safetensors"))
    for _, name, view in weights(model):
        view[...] = tensors.pop(name)
    if tensors:
        raise SystemExit(f"{args.folder} holds tensors this model does not have: "
                         + ", ".join(tensors))
    moments = [torch.zeros_like(flat) for _ in range(2)]
    save(args.checkpoint, model.c, flat, moments, step=0, tokens=0, elapsed=0.0)


if __name__ == "__main__":
    main()
