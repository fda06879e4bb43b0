"""Tests of the network and its export: python3 -m unittest test_model (needs PyTorch)."""
import json
import os
import random
import struct
import tempfile
import unittest

import numpy as np
import torch

import export
import gguf
from corpus import encode
from documents import Writer
from grow import grown
from model import EPS, Config, Model, NormQuantise, Rotate, SquaredReluGate
from optimiser import Optimiser, orthogonal
from reference_numpy import Reference
from tokenizer import train
from train import flatten


def gradients(function, inputs, upstream):
    return torch.autograd.grad(function(*inputs), inputs, upstream)


class GradientTest(unittest.TestCase):
    """The hand-written gradients are those autograd finds for the plain formulas."""

    def check(self, ours, plain, *inputs):
        inputs = [i.requires_grad_() for i in inputs]
        upstream = torch.randn_like(plain(*inputs))
        for a, b in zip(gradients(ours, inputs, upstream), gradients(plain, inputs, upstream)):
            torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-5)

    def test_norm(self):
        self.check(lambda x, g: NormQuantise.apply(x, g, False),
                   lambda x, g: x * torch.rsqrt((x * x).mean(-1, keepdim=True) + EPS) * g,
                   torch.randn(3, 5, 16), torch.rand(16))

    def test_squared_relu_gate(self):
        def plain(both):
            gate, up = both.chunk(2, -1)
            return torch.relu(gate) ** 2 * up
        self.check(SquaredReluGate.apply, plain, torch.randn(3, 5, 16))

    def test_rotation(self):
        angle = torch.rand(5, 1, 4)

        def plain(x):
            low, high = x.chunk(2, -1)
            return torch.cat([low * angle.cos() - high * angle.sin(),
                              high * angle.cos() + low * angle.sin()], -1)
        self.check(lambda x: Rotate.apply(x, angle.cos(), angle.sin()), plain,
                   torch.randn(2, 5, 3, 8))


class OptimiserTest(unittest.TestCase):
    def test_the_step_has_nearly_equal_singular_values(self):
        for shape in [(32, 32), (48, 16), (16, 48)]:
            values = torch.linalg.svdvals(orthogonal(torch.randn(shape)))
            self.assertGreater(values.min(), 0.6)
            self.assertLess(values.max(), 1.3)

    def test_the_workers_shares_are_all_parameters_once(self):
        model = Model(Config(layers=2))
        flat = flatten(model)
        owned = torch.zeros_like(flat)
        for rank in range(3):
            share = Optimiser(model, flat, None, rank, 3)
            for begin, end, _ in share.matrices + share.others:
                owned[begin:end] += 1
        self.assertTrue((owned == 1).all())


class GrowTest(unittest.TestCase):
    def test_a_grown_model_computes_the_same(self):
        model = Model(Config(layers=2))
        new, sources = grown(model, [0])
        self.assertEqual(sources, [0, None, 1])
        ids = torch.arange(20)[None]
        with torch.no_grad():
            for m in (model, new):
                m.requantise()
            torch.testing.assert_close(new(ids, 0 * ids), model(ids, 0 * ids))


class ExportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        torch.manual_seed(1)
        writer = Writer(random.Random(1))
        documents = [writer.short() for _ in range(300)]
        cls.tokenizer = train(["".join(t for t, _ in d if t[:2] != "<|") for d in documents], 512)
        cls.ids = encode(cls.tokenizer, documents[0])[0][:40]
        cls.model = Model(Config(vocabulary=512, layers=2))
        for p in cls.model.parameters():   # what F16 can hold, so that the export is exact
            p.data = (p.data * (0.5 + torch.rand_like(p))).half().float()
        cls.folder = tempfile.TemporaryDirectory()
        cls.gguf = os.path.join(cls.folder.name, "m.gguf")
        gguf.write(cls.gguf, export.gguf_metadata(cls.model.c, cls.tokenizer),
                   [export.gguf_tensor(ours, w) for ours, _, w in export.weights(cls.model)])
        export.write_folder(cls.folder.name, cls.model, cls.tokenizer)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_the_file_computes_what_was_trained(self):
        with torch.no_grad():
            self.model.requantise()
            ids = torch.tensor([self.ids])
            ours = self.model.logits(self.model(ids, torch.zeros_like(ids)))[0, -1].numpy()
        theirs = Reference(self.gguf).forward(self.ids, [])
        # An activation that rounds the other way moves the logits a little.
        self.assertLess(np.abs(ours - theirs).max(), 0.05 * np.abs(ours).max())

    def test_tokens_one_by_one_give_the_same_logits(self):
        reference, cache = Reference(self.gguf), []
        for token in self.ids:
            last = reference.forward([token], cache)
        np.testing.assert_allclose(last, reference.forward(self.ids, []), rtol=0.02, atol=0.02)

    def test_master_weights_ternarise_to_the_file(self):
        _, tensors = gguf.read(self.gguf)
        with open(os.path.join(self.folder.name, "model.safetensors"), "rb") as f:
            length, = struct.unpack("<Q", f.read(8))
            header = json.loads(f.read(length))
            data = f.read()
        name = "model.layers.1.self_attn.k_proj.weight"
        begin, end = header[name]["data_offsets"]
        master = np.frombuffer(data[begin:end], np.float32).reshape(header[name]["shape"])
        codes, scale = export.ternarise(master)
        np.testing.assert_array_equal(codes, tensors["blk.1.attn_k.weight"][0])
        self.assertEqual(scale, tensors["blk.1.attn_k.weight"][1])
        self.assertEqual(set(np.unique(codes)), {-1, 0, 1})


if __name__ == "__main__":
    unittest.main()
