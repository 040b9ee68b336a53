"""One LoRA optimizer step at the Qwen2.5-0.5B shape in eager PyTorch, in single precision.

usage: python3 lora_step.py [ROUNDS]             best of some steps on one thread and on two, one JSON line per setting
       python3 lora_step.py serve TORCH_THREADS  answers each line `plain` or `checkpoint` on standard input with one
                                                 JSON line: milliseconds of a step without and with gradient checkpointing

24 layers, hidden 896, 14 query and 2 key/value heads of 64, feed-forward 4864, vocabulary 151936 (tied head), biases on
queries, keys and values; random frozen weights. Rank 8 and alpha 16 on all seven linear layers of every layer, one sequence
of 256 tokens, cross entropy over the full vocabulary, AdamW on the adapter with the gradient norm clipped to 1.
OpenBLAS has threads of its own, which torch.set_num_threads does not limit: OPENBLAS_NUM_THREADS must be set outside.
"""

import json
import os
import resource
import subprocess
import sys
import time

import torch
import torch.nn.functional as F
from torch.utils.checkpoint import checkpoint

LAYERS, HIDDEN, HEADS, GROUPS, SIZE, FEED, VOCABULARY = 24, 896, 14, 2, 64, 4864, 151936
TOKENS, RANK, SCALE = 256, 8, 2.0


class Adapted(torch.nn.Module):
    """x·Wᵀ + b + s·(x·Aᵀ)·Bᵀ with W and b frozen."""

    def __init__(self, inputs, outputs, bias=False):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.randn(outputs, inputs) * 0.02, requires_grad=False)
        self.bias = torch.nn.Parameter(torch.zeros(outputs), requires_grad=False) if bias else None
        self.a = torch.nn.Parameter((torch.rand(RANK, inputs) * 2 - 1) / inputs ** 0.5)
        self.b = torch.nn.Parameter(torch.zeros(outputs, RANK))

    def forward(self, x):
        return F.linear(x, self.weight, self.bias) + F.linear(F.linear(x, self.a), self.b) * SCALE


class Layer(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.input_norm, self.post_norm = (torch.nn.Parameter(torch.ones(HIDDEN), requires_grad=False) for _ in range(2))
        self.q = Adapted(HIDDEN, HEADS * SIZE, bias=True)
        self.k, self.v = (Adapted(HIDDEN, GROUPS * SIZE, bias=True) for _ in range(2))
        self.o = Adapted(HEADS * SIZE, HIDDEN)
        self.gate, self.up, self.down = Adapted(HIDDEN, FEED), Adapted(HIDDEN, FEED), Adapted(FEED, HIDDEN)

    def forward(self, x, cosine, sine, mask):
        a = rms_norm(x, self.input_norm)
        q = rotate(self.q(a).view(TOKENS, HEADS, SIZE).transpose(0, 1), cosine, sine)
        k = rotate(self.k(a).view(TOKENS, GROUPS, SIZE).transpose(0, 1), cosine, sine)
        v = self.v(a).view(TOKENS, GROUPS, SIZE).transpose(0, 1)
        k, v = (t.repeat_interleave(HEADS // GROUPS, dim=0) for t in (k, v))
        if hasattr(F, "scaled_dot_product_attention"):
            o = F.scaled_dot_product_attention(q[None], k[None], v[None], is_causal=True)[0]
        else:
            o = (q @ k.transpose(-1, -2) / SIZE ** 0.5 + mask).softmax(-1) @ v
        x = x + self.o(o.transpose(0, 1).reshape(TOKENS, HEADS * SIZE))
        b = rms_norm(x, self.post_norm)
        return x + self.down(F.silu(self.gate(b)) * self.up(b))


class Decoder(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Parameter(torch.randn(VOCABULARY, HIDDEN) * 0.02, requires_grad=False)
        self.layers = torch.nn.ModuleList(Layer() for _ in range(LAYERS))
        self.norm = torch.nn.Parameter(torch.ones(HIDDEN), requires_grad=False)
        angles = torch.arange(TOKENS)[:, None] * 1e6 ** (-torch.arange(SIZE // 2) * 2 / SIZE)
        self.cosine, self.sine = angles.cos(), angles.sin()
        self.mask = torch.full((TOKENS, TOKENS), float("-inf")).triu(1)

    def forward(self, tokens, targets, recompute):
        x = F.embedding(tokens, self.embedding)
        for layer in self.layers:
            if recompute:
                # Re-entrant checkpointing only records what has an input with a gradient.
                x = checkpoint(layer, x.requires_grad_(), self.cosine, self.sine, self.mask, use_reentrant=True)
            else:
                x = layer(x, self.cosine, self.sine, self.mask)
        return F.cross_entropy(F.linear(rms_norm(x, self.norm), self.embedding), targets)


def rms_norm(x, weight):
    return weight * x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6)


def rotate(x, cosine, sine):
    first, second = x[..., :SIZE // 2], x[..., SIZE // 2:]
    return torch.cat([first * cosine - second * sine, first * sine + second * cosine], -1)


class Steps:
    def __init__(self, threads):
        torch.set_num_threads(threads)
        torch.manual_seed(1)
        self.model = Decoder()
        self.adapter = [p for p in self.model.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(self.adapter, lr=1e-4, betas=(0.9, 0.999), weight_decay=0.0)
        self.tokens = torch.randint(VOCABULARY, (TOKENS,))

    def run(self, recompute):
        start = time.perf_counter()
        self.optimizer.zero_grad()
        loss = self.model(self.tokens, self.tokens.roll(-1), recompute)
        forward = time.perf_counter()
        loss.backward()
        backward = time.perf_counter()
        torch.nn.utils.clip_grad_norm_(self.adapter, 1.0)
        self.optimizer.step()
        end = time.perf_counter()
        return {
            "milliseconds": 1e3 * (end - start), "forward": 1e3 * (forward - start), "backward": 1e3 * (backward - forward),
            "optimizer": 1e3 * (end - backward), "loss": loss.item(),
            "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10}


def serve(threads):
    steps = Steps(threads)
    print(json.dumps({"torch": torch.__version__, "threads": threads, "blasThreads": os.environ.get("OPENBLAS_NUM_THREADS")}), flush=True)
    for line in sys.stdin:
        print(json.dumps(steps.run(line.strip() == "checkpoint")), flush=True)


def child(threads, rounds):
    steps = Steps(threads)
    for recompute in (False, True):
        results = [steps.run(recompute) for _ in range(rounds + 1)][1:]
        best = min(results, key=lambda result: result["milliseconds"])
        print(json.dumps({
            "torch": torch.__version__, "threads": threads, "blasThreads": int(os.environ["OPENBLAS_NUM_THREADS"]), "checkpointing": recompute,
            **{name: round(value, 4) for name, value in best.items()}}), flush=True)


def main():
    if len(sys.argv) > 2 and sys.argv[1] == "serve":
        serve(int(sys.argv[2]))
        return
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    if len(sys.argv) > 2:
        child(int(sys.argv[2]), rounds)
        return
    for threads, blas in ((1, 1), (2, 2), (1, 2)):
        environment = dict(os.environ, OPENBLAS_NUM_THREADS=str(blas), OMP_NUM_THREADS=str(threads))
        subprocess.run([sys.executable, __file__, str(rounds), str(threads)], env=environment, check=True)


if __name__ == "__main__":
    main()
