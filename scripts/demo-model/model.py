"""The BitNet b1.58 network for training: ternary weights and int8 activations, straight-through.

The graph is that of 2B-4T: RMSNorm before each block, norms before the output
projections, squared-ReLU gate, rotary positions with half-split pairs, grouped
key/value heads, embedding shared with the output.  Element-wise steps that
follow each other are one autograd function, since they cost as much as the
matrix products at this size.
"""
import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn
from torch.autograd import Function

EPS = 1e-5


@dataclass
class Config:
    vocabulary: int = 832
    width: int = 256
    layers: int = 4
    heads: int = 4
    kv_heads: int = 2
    hidden: int = 512
    context: int = 512
    rope_base: float = 10000.0

    @property
    def head_dim(self):
        return self.width // self.heads


def ternary(weight):
    """round(W / s) clamped to -1, 0, 1, times s = mean |W|."""
    scale = weight.abs().mean().clamp_min(EPS)
    return (weight / scale).round_().clamp_(-1, 1).mul_(scale)


class NormQuantise(Function):
    """RMSNorm times gain, then rounding to int8 steps of each row's largest magnitude.

    The gradient passes the rounding unchanged.
    """

    @staticmethod
    def forward(ctx, x, gain, quantise):
        scale = torch.linalg.vector_norm(x, dim=-1, keepdim=True).square_().div_(x.shape[-1]) \
            .add_(EPS).rsqrt_()
        ctx.save_for_backward(x, gain, scale)
        y = (x * scale).mul_(gain)
        if quantise:
            step = y.abs().amax(-1, keepdim=True).clamp_min_(EPS).div_(127)
            y.div_(step).round_().mul_(step)
        return y

    @staticmethod
    def backward(ctx, dy):
        x, gain, scale = ctx.saved_tensors
        n = x.shape[-1]
        normed = x * scale
        product = dy * normed
        dgain = product.view(-1, n).sum(0)
        dot = torch.mv(product.view(-1, n), gain).view(scale.shape).div_(n)
        dx = torch.mul(dy, gain, out=product)
        dx.sub_(normed.mul_(dot)).mul_(scale)
        return dx, dgain, None


class SquaredReluGate(Function):
    """relu(gate)^2 * up for the two halves of the input."""

    @staticmethod
    def forward(ctx, both):
        gate, up = both.chunk(2, -1)
        relu = gate.clamp_min(0)
        ctx.save_for_backward(relu, up)
        return (relu * relu).mul_(up)

    @staticmethod
    def backward(ctx, dy):
        relu, up = ctx.saved_tensors
        out = torch.empty(*dy.shape[:-1], 2 * dy.shape[-1])
        dgate, dup = out.chunk(2, -1)
        torch.mul(dy, relu, out=dup)
        torch.mul(dup, up, out=dgate)
        dgate.mul_(2)
        dup.mul_(relu)
        return out


class Rotate(Function):
    """Rotary positions on [batch, time, heads, head_dim]: element i pairs with i + head_dim/2."""

    @staticmethod
    def forward(ctx, x, cos, sin):
        ctx.save_for_backward(cos, sin)
        return Rotate.turn(x, cos, sin)

    @staticmethod
    def backward(ctx, dy):
        cos, sin = ctx.saved_tensors
        return Rotate.turn(dy, cos, -sin), None, None

    @staticmethod
    def turn(x, cos, sin):
        a, b = x.chunk(2, -1)
        out = torch.empty_like(x)
        low, high = out.chunk(2, -1)
        torch.mul(a, cos, out=low)
        low.addcmul_(b, sin, value=-1)
        torch.mul(b, cos, out=high)
        high.addcmul_(a, sin)
        return out


class Linear(nn.Module):
    """Master weights and the ternary copy that the products use."""

    def __init__(self, inputs, *outputs):
        """Several outputs are several tensors of one product, each with its own scale."""
        super().__init__()
        self.parts = nn.ParameterList(
            nn.Parameter(torch.randn(n, inputs) / math.sqrt(inputs)) for n in outputs)
        self.ternary = None

    def requantise(self, share=1.0):
        """Call after every change of the master weights.

        share: how far the used weights are from the master ones (0) towards ternary (1).
        """
        with torch.no_grad():
            self.ternary = torch.cat([torch.lerp(p, ternary(p), share) for p in self.parts])
        self.ternary.requires_grad_(torch.is_grad_enabled())

    def pass_gradient(self):
        """Hands the ternary copy's gradient straight through to the master weights."""
        for part, grad in zip(self.parts, self.ternary.grad.split([len(p) for p in self.parts])):
            part.grad = grad

    def forward(self, x):
        return F.linear(x, self.ternary)


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.attn_norm = nn.Parameter(torch.ones(c.width))
        self.qkv = Linear(c.width, c.width, c.kv_heads * c.head_dim, c.kv_heads * c.head_dim)
        self.attn_sub_norm = nn.Parameter(torch.ones(c.width))
        self.output = Linear(c.width, c.width)
        self.ffn_norm = nn.Parameter(torch.ones(c.width))
        self.gate_up = Linear(c.width, c.hidden, c.hidden)
        self.ffn_sub_norm = nn.Parameter(torch.ones(c.hidden))
        self.down = Linear(c.hidden, c.width)

    def forward(self, x, cos, sin, mask, quantise):
        c, (batch, time, _) = self.c, x.shape
        qkv = self.qkv(NormQuantise.apply(x, self.attn_norm, quantise))
        qkv = qkv.view(batch, time, c.heads + 2 * c.kv_heads, c.head_dim)
        qk, v = qkv.split([c.heads + c.kv_heads, c.kv_heads], 2)
        q, k = Rotate.apply(qk, cos, sin).split([c.heads, c.kv_heads], 2)
        group = c.heads // c.kv_heads
        # Heads of a group share keys and values: their queries are more rows of one product.
        q = q.transpose(1, 2).reshape(batch * c.kv_heads, group * time, c.head_dim)
        k = k.transpose(1, 2).reshape(batch * c.kv_heads, time, c.head_dim)
        v = v.transpose(1, 2).reshape(batch * c.kv_heads, time, c.head_dim)
        scores = torch.bmm(q, k.transpose(1, 2)).mul_(1 / math.sqrt(c.head_dim))
        scores.view(batch, c.heads, time, time).add_(mask)
        out = torch.bmm(scores.softmax(-1), v)
        out = out.view(batch, c.heads, time, c.head_dim).transpose(1, 2).reshape(
            batch, time, c.width)
        x = x + self.output(NormQuantise.apply(out, self.attn_sub_norm, quantise))
        both = self.gate_up(NormQuantise.apply(x, self.ffn_norm, quantise))
        hidden = SquaredReluGate.apply(both)
        return x + self.down(NormQuantise.apply(hidden, self.ffn_sub_norm, quantise))


class Model(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.embedding = nn.Parameter(torch.randn(c.vocabulary, c.width) * 0.05)
        self.blocks = nn.ModuleList(Block(c) for _ in range(c.layers))
        self.output_norm = nn.Parameter(torch.ones(c.width))
        half = c.head_dim // 2
        angle = torch.outer(torch.arange(c.context).float(),
                            c.rope_base ** (-torch.arange(half) / half))
        self.register_buffer("cos", angle.cos()[:, None, :], persistent=False)
        self.register_buffer("sin", angle.sin()[:, None, :], persistent=False)

    def linears(self):
        return [m for m in self.modules() if isinstance(m, Linear)]

    def requantise(self, share=1.0):
        for linear in self.linears():
            linear.requantise(share)

    def pass_gradients(self):
        for linear in self.linears():
            linear.pass_gradient()

    def forward(self, ids, document, quantise=True):
        """Hidden states [batch, time, width] after the last norm.

        ids: [batch, time]; document: the same shape, a number for each document in a row:
        tokens see only their own document.
        """
        time = ids.shape[1]
        hidden = (document[:, :, None] != document[:, None, :]) \
            | torch.ones(time, time, dtype=torch.bool).triu_(1)
        mask = torch.zeros(hidden.shape).masked_fill_(hidden, -1e9)[:, None]
        x = self.embedding[ids]
        cos, sin = self.cos[:time], self.sin[:time]
        for block in self.blocks:
            x = block(x, cos, sin, mask, quantise)
        return NormQuantise.apply(x, self.output_norm, False)

    def logits(self, hidden):
        return hidden @ self.embedding.t()
