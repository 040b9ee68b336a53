"""Independent decoder (Llama, Qwen2, Qwen3) in PyTorch: losses, gradients and a few AdamW updates for one packed batch.

usage: python3 decoder_oracle.py REQUEST.json RESPONSE.json

The request holds the shape, every tensor under its Hugging Face name, and the batch; everything is computed in float64
with automatic differentiation. The response holds the loss, the gradient of every tensor, and the losses of some updates.
"""

import json
import sys

import torch
import torch.nn.functional as F


def rms_norm(x, weight, epsilon):
    return weight * x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + epsilon)


def rotate(x, positions, theta):
    """Rotates pairs (j, j + size/2); x is [rows, heads, size]."""
    half = x.shape[-1] // 2
    frequencies = theta ** (-torch.arange(half, dtype=x.dtype) * 2 / x.shape[-1])
    angles = positions.to(x.dtype)[:, None] * frequencies
    cosine, sine = angles.cos()[:, None], angles.sin()[:, None]
    first, second = x[..., :half], x[..., half:]
    return torch.cat([first * cosine - second * sine, first * sine + second * cosine], -1)


def visibility(request, rows):
    if request["mask"] is not None:
        return torch.tensor(request["mask"], dtype=torch.bool).reshape(rows, rows)
    starts = request["sequenceStarts"] + [rows]
    document = torch.zeros(rows, dtype=torch.long)
    for index in range(len(starts) - 1):
        document[starts[index]:starts[index + 1]] = index
    order = torch.arange(rows)
    return (document[:, None] == document[None]) & (order[None] <= order[:, None])


def loss_of(request, tensors):
    shape = request["shape"]
    tokens = torch.tensor(request["tokens"])
    positions = torch.tensor(request["positions"])
    targets = torch.tensor(request["targets"])
    weights = torch.tensor(request["weights"], dtype=torch.float64)
    rows = len(tokens)
    visible = visibility(request, rows)
    x = tensors["model.embed_tokens.weight"][tokens]
    for index, layer in enumerate(shape["layers"]):
        def tensor(name):
            return tensors.get(f"model.layers.{index}.{name}")

        heads, groups, size = layer["heads"], layer["keyValueHeads"], layer["headSize"]
        a = rms_norm(x, tensor("input_layernorm.weight"), shape["epsilon"])
        q = F.linear(a, tensor("self_attn.q_proj.weight"), tensor("self_attn.q_proj.bias")).reshape(rows, heads, size)
        k = F.linear(a, tensor("self_attn.k_proj.weight"), tensor("self_attn.k_proj.bias")).reshape(rows, groups, size)
        v = F.linear(a, tensor("self_attn.v_proj.weight"), tensor("self_attn.v_proj.bias")).reshape(rows, groups, size)
        if tensor("self_attn.q_norm.weight") is not None:
            q = rms_norm(q, tensor("self_attn.q_norm.weight"), shape["epsilon"])
            k = rms_norm(k, tensor("self_attn.k_norm.weight"), shape["epsilon"])
        q, k = rotate(q, positions, shape["theta"]), rotate(k, positions, shape["theta"])
        k, v = (t.repeat_interleave(heads // groups, dim=1) for t in (k, v))
        scores = torch.einsum("qhd,khd->hqk", q, k) / size ** 0.5
        p = scores.masked_fill(~visible, float("-inf")).softmax(-1)
        o = torch.einsum("hqk,khd->qhd", p, v).reshape(rows, heads * size)
        x = x + F.linear(o, tensor("self_attn.o_proj.weight"))
        b = rms_norm(x, tensor("post_attention_layernorm.weight"), shape["epsilon"])
        m = F.silu(F.linear(b, tensor("mlp.gate_proj.weight"))) * F.linear(b, tensor("mlp.up_proj.weight"))
        x = x + F.linear(m, tensor("mlp.down_proj.weight"))
    y = rms_norm(x, tensors["model.norm.weight"], shape["epsilon"])
    logits = F.linear(y, tensors.get("lm_head.weight", tensors["model.embed_tokens.weight"]))
    learned = targets >= 0
    each = F.cross_entropy(logits[learned], targets[learned], reduction="none")
    return (each * weights[learned]).sum() / weights.sum()


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        request = json.load(file)
    tensors = {
        name: torch.tensor(entry["values"], dtype=torch.float64).reshape(entry["shape"]).requires_grad_()
        for name, entry in request["tensors"].items()
    }
    loss = loss_of(request, tensors)
    loss.backward()
    response = {"loss": loss.item(), "gradients": {name: t.grad.flatten().tolist() for name, t in tensors.items()}, "losses": []}

    optimizer = request["optimizer"]
    decays = [t for name, t in tensors.items() if t.dim() == 2 and name != "model.embed_tokens.weight"]
    rest = [t for name, t in tensors.items() if not (t.dim() == 2 and name != "model.embed_tokens.weight")]
    adamw = torch.optim.AdamW(
        [{"params": decays, "weight_decay": optimizer["weightDecay"]}, {"params": rest, "weight_decay": 0.0}],
        lr=optimizer["learningRate"], betas=(optimizer["beta1"], optimizer["beta2"]), eps=optimizer["epsilon"])
    for _ in range(optimizer["updates"]):
        adamw.zero_grad()
        loss = loss_of(request, tensors)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(tensors.values(), optimizer["maximumGradientNorm"])
        adamw.step()
        response["losses"].append(loss.item())
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(response, file)


if __name__ == "__main__":
    main()
