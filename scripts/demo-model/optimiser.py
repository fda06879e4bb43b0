"""The optimiser: Muon for the weight matrices, Adam for the embedding and the norms.

Muon (K. Jordan, 2024) steps along the momentum's nearest orthogonal matrix,
found by a few Newton-Schulz iterations, so that every direction of a matrix
learns at the same speed.  That suits ternary training: a code flips only when
its weight has moved far enough, and weak but steady gradients get there too.
"""
import torch

BETA_MUON = 0.95
BETA1, BETA2 = 0.9, 0.95


def orthogonal(matrix, steps=5):
    """Roughly the nearest (semi-)orthogonal matrix: singular values between 0.7 and 1.2."""
    a, b, c = 3.4445, -4.7750, 2.0315
    wide = matrix.shape[0] <= matrix.shape[1]
    x = matrix if wide else matrix.t()
    x = x / (x.norm() + 1e-7)
    for _ in range(steps):
        gram = x @ x.t()
        x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x if wide else x.t()


class Optimiser:
    """One worker's share of the update; the shares together are all parameters."""

    def __init__(self, model, flat, moments, rank, workers):
        self.flat, self.moments = flat, moments
        matrices = {id(p) for linear in model.linears() for p in linear.parts}
        self.matrices, self.others, at = [], [], 0
        loads = [0] * workers
        for p in model.parameters():
            span = (at, at + p.numel(), p.shape)
            at += p.numel()
            # The products of an iteration grow with the long side and the short side squared.
            is_matrix = id(p) in matrices
            cost = p.numel() * min(p.shape) if is_matrix else p.numel()
            owner = loads.index(min(loads))
            loads[owner] += cost
            if owner == rank:
                (self.matrices if is_matrix else self.others).append(span)

    def update(self, grad, step, matrix_lr, other_lr, decay):
        """grad: the whole batch's gradient, flat; decay: share of a matrix lost per unit of lr."""
        first, second = self.moments
        for begin, end, shape in self.matrices:
            g, m = grad[begin:end], first[begin:end]
            m.mul_(BETA_MUON).add_(g, alpha=1 - BETA_MUON)
            turn = orthogonal(torch.lerp(g, m, BETA_MUON).view(shape))
            # Entries of the same size whatever the shape: those of a square one's.
            size = max(1.0, shape[0] / shape[1]) ** 0.5
            weights = self.flat[begin:end].view(shape)
            weights.mul_(1 - matrix_lr * decay).add_(turn, alpha=-matrix_lr * size)
        for begin, end, _ in self.others:
            g, m, v = grad[begin:end], first[begin:end], second[begin:end]
            m.lerp_(g, 1 - BETA1)
            v.mul_(BETA2).addcmul_(g, g, value=1 - BETA2)
            size = (v / (1 - BETA2 ** (step + 1))).sqrt_().add_(1e-8)
            self.flat[begin:end].addcdiv_(m, size, value=-other_lr / (1 - BETA1 ** (step + 1)))
