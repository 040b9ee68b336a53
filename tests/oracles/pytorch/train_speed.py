"""Training speed of the embedded model's shape in eager PyTorch: tokens per second on one and on two threads, and tokens
per processor second, which stay meaningful on a machine that others use too.

usage: python3 train_speed.py [STEPS]

d 256, 4 layers, 4 query and 2 key/value heads of 64, f 512, vocabulary 512, tied head; 16,384 tokens per AdamW update in
sequences of 512, with the micro-batch size that is fastest here. All sequences have one length, so nothing is padded.
"""

import json
import os
import subprocess
import sys
import time

import torch
import torch.nn.functional as F

HIDDEN, LAYERS, HEADS, GROUPS, SIZE, FEED, VOCABULARY = 256, 4, 4, 2, 64, 512, 512
LENGTH, TOKENS = 512, 16384


class Layer(torch.nn.Module):
    def __init__(self):
        super().__init__()
        linear = lambda i, o: torch.nn.Linear(i, o, bias=False)
        self.input_norm, self.post_norm = (torch.nn.Parameter(torch.ones(HIDDEN)) for _ in range(2))
        self.q, self.k, self.v = linear(HIDDEN, HEADS * SIZE), linear(HIDDEN, GROUPS * SIZE), linear(HIDDEN, GROUPS * SIZE)
        self.o = linear(HEADS * SIZE, HIDDEN)
        self.gate, self.up, self.down = linear(HIDDEN, FEED), linear(HIDDEN, FEED), linear(FEED, HIDDEN)

    def forward(self, x, cosine, sine, mask):
        batch, length, _ = x.shape
        a = rms_norm(x, self.input_norm)
        q = rotate(self.q(a).view(batch, length, HEADS, SIZE).transpose(1, 2), cosine, sine)
        k = rotate(self.k(a).view(batch, length, GROUPS, SIZE).transpose(1, 2), cosine, sine)
        v = self.v(a).view(batch, length, GROUPS, SIZE).transpose(1, 2)
        k, v = (t.repeat_interleave(HEADS // GROUPS, dim=1) for t in (k, v))
        if hasattr(F, "scaled_dot_product_attention"):
            o = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            o = (q @ k.transpose(-1, -2) / SIZE ** 0.5 + mask).softmax(-1) @ v
        x = x + self.o(o.transpose(1, 2).reshape(batch, length, HEADS * SIZE))
        b = rms_norm(x, self.post_norm)
        return x + self.down(F.silu(self.gate(b)) * self.up(b))


class Decoder(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Parameter(torch.randn(VOCABULARY, HIDDEN) * 0.02)
        self.layers = torch.nn.ModuleList(Layer() for _ in range(LAYERS))
        self.norm = torch.nn.Parameter(torch.ones(HIDDEN))
        angles = torch.arange(LENGTH)[:, None] * 10000.0 ** (-torch.arange(SIZE // 2) * 2 / SIZE)
        self.cosine, self.sine = angles.cos(), angles.sin()
        self.mask = torch.full((LENGTH, LENGTH), float("-inf")).triu(1)

    def forward(self, tokens, targets):
        x = F.embedding(tokens, self.embedding)
        for layer in self.layers:
            x = layer(x, self.cosine, self.sine, self.mask)
        return F.cross_entropy((rms_norm(x, self.norm) @ self.embedding.t()).view(-1, VOCABULARY), targets.view(-1), reduction="sum")


def rms_norm(x, weight):
    return weight * x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5)


def rotate(x, cosine, sine):
    first, second = x[..., :SIZE // 2], x[..., SIZE // 2:]
    return torch.cat([first * cosine - second * sine, first * sine + second * cosine], -1)


def measure(threads, micro, steps):
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    model = Decoder()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.95), weight_decay=0.1)
    tokens = torch.randint(VOCABULARY, (TOKENS // LENGTH, LENGTH))
    best = busy = float("inf")
    for _ in range(steps):
        start, processor = time.perf_counter(), time.process_time()
        optimizer.zero_grad()
        for chunk in tokens.split(micro):
            (model(chunk, chunk.roll(-1, 1)) / TOKENS).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        best, busy = min(best, time.perf_counter() - start), min(busy, time.process_time() - processor)
    return TOKENS / best, TOKENS / busy


def child(threads, steps):
    speeds = {micro: measure(threads, micro, steps) for micro in (2, 4, 8, 32)}
    micro = max(speeds, key=speeds.get)
    wall, processor = speeds[micro]
    print(json.dumps({
        "torch": torch.__version__, "threads": threads, "blasThreads": int(os.environ["OPENBLAS_NUM_THREADS"]), "sequencesPerMicroBatch": micro,
        "tokensPerSecond": round(wall), "tokensPerProcessorSecond": round(processor)}), flush=True)


def main():
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    if len(sys.argv) > 2:
        child(int(sys.argv[2]), steps)
        return

    # OpenBLAS has threads of its own, which torch.set_num_threads does not limit: each setting needs its own process.
    # One torch thread over a two-thread BLAS is the fastest setting on two cores, so it is measured too.
    for threads, blas in ((1, 1), (2, 2), (1, 2)):
        environment = dict(os.environ, OPENBLAS_NUM_THREADS=str(blas), OMP_NUM_THREADS=str(threads))
        subprocess.run([sys.executable, __file__, str(steps), str(threads)], env=environment, check=True)


if __name__ == "__main__":
    main()
