"""Objectives and advantage estimators of post-training in PyTorch, from the papers' equations, for comparison with src/Agents.Training.

usage: python3 loss_oracle.py REQUEST.json RESPONSE.json

The request holds independent cases. A case of kind "loss" has hidden rows for the trained, the sampling and the reference policy, one norm and one output
matrix; the response has the loss, the logits, and the gradients of logits, hidden rows, norm and matrix. Kinds "advantage" and "value" are single functions.
Everything is in float64 with automatic differentiation; every log-probability comes from logits here. A token's weight multiplies its loss and its count.
"""

import json
import sys

import numpy as np
import torch
import torch.nn.functional as F

REAL = torch.float64


def real(values):
    return torch.tensor(values, dtype=REAL)


class Batch:
    """Token statistics of one optimizer step, sequence by sequence; only rows with a weight take part."""

    def __init__(self, case):
        self.case = case
        targets = torch.tensor(case["targets"])
        self.weight = real(case["weights"])
        hidden = real(case["hidden"])
        self.hidden = hidden.requires_grad_()
        self.norm = real(case["norm"]).requires_grad_()
        self.head = real(case["head"]).requires_grad_()
        self.logits = self.logits_of(self.hidden, self.norm, self.head)
        self.logits.retain_grad()
        self.distribution = F.log_softmax(self.logits * case["inverseTemperature"], -1)
        pick = targets.clamp(min=0)[:, None]
        self.logp = self.distribution.gather(1, pick)[:, 0]
        self.entropy = -(self.distribution.exp() * self.distribution).sum(-1)
        with torch.no_grad():
            self.old = self.frozen("oldHidden", pick)
            self.reference = self.frozen("referenceHidden", pick)
        bounds = case["starts"] + [len(case["targets"])]
        self.rows = [[row for row in range(first, last) if case["weights"][row] != 0] for first, last in zip(bounds, bounds[1:])]
        self.counted = [rows for rows in self.rows if rows]
        self.correction = real(case["correction"]) if case["correction"] else torch.ones(len(targets), dtype=REAL)
        self.advantage = torch.zeros(len(targets), dtype=REAL)
        if case["estimator"] is not None:
            lengths = [len(rows) for rows in self.rows]
            for rows, value in zip(self.rows, advantages(case["estimator"], case["rewards"], case["groups"], lengths)):
                self.advantage[rows] = float(value)

    def logits_of(self, hidden, norm, head):
        normed = norm * hidden / (hidden.pow(2).mean(-1, keepdim=True) + self.case["epsilon"]).sqrt()
        return normed @ head.T

    def frozen(self, name, pick):
        logits = self.logits_of(real(self.case[name]), self.norm, self.head) * self.case["inverseTemperature"]
        return F.log_softmax(logits, -1).gather(1, pick)[:, 0]

    def sum(self, values, rows):
        return (self.weight[rows] * values[rows]).sum()

    def mean(self, values, rows):
        return self.sum(values, rows) / self.weight[rows].sum()

    def aggregate(self, values, settings):
        kind = settings["aggregation"]
        if kind == "TokenMean":
            return sum(self.sum(values, rows) for rows in self.counted) / sum(self.weight[rows].sum() for rows in self.counted)
        if kind == "SequenceMeanTokenMean":
            return sum(self.mean(values, rows) for rows in self.counted) / len(self.counted)
        if kind == "SequenceMeanTokenSum":
            return sum(self.sum(values, rows) for rows in self.counted) / len(self.counted)
        if kind == "ConstantLength":
            return sum(self.sum(values, rows) for rows in self.counted) / (len(self.counted) * settings["maximumLength"])
        raise ValueError(kind)

    def pairs(self):
        return [(self.rows[i], self.rows[i + 1]) for i in range(0, len(self.rows), 2)]


def surrogate(log_ratio, advantage, s):
    """Minimum of the plain and the clipped objective, then the floor for bad tokens; log-ratios are held in +-20."""
    ratio = log_ratio.clamp(-20, 20).exp()
    if s.get("ratioCap") is not None:
        ratio = ratio.clamp(max=s["ratioCap"])
    objective = torch.minimum(ratio * advantage, ratio.clamp(1 - s["clipLow"], 1 + s["clipHigh"]) * advantage)
    if s.get("dualClip") is not None:
        objective = torch.where(advantage < 0, torch.maximum(objective, s["dualClip"] * advantage), objective)
    return -objective


def cross_entropy(b, s):
    return b.aggregate(-b.logp, {"aggregation": "TokenMean"})


def dpo(b, s):
    terms = []
    for chosen, rejected in b.pairs():
        margin = s["beta"] * ((b.sum(b.logp, chosen) - b.sum(b.reference, chosen)) - (b.sum(b.logp, rejected) - b.sum(b.reference, rejected)))
        e = s["smoothing"]
        if s["robust"]:
            terms.append((-(1 - e) * F.logsigmoid(margin) + e * F.logsigmoid(-margin)) / (1 - 2 * e))
        else:
            terms.append(-(1 - e) * F.logsigmoid(margin) - e * F.logsigmoid(-margin))
    return torch.stack(terms).mean()


def ipo(b, s):
    ratio = b.logp - b.reference
    return torch.stack([(b.mean(ratio, c) - b.mean(ratio, r) - 1 / (2 * s["beta"])) ** 2 for c, r in b.pairs()]).mean()


def simpo(b, s):
    return torch.stack([-F.logsigmoid(s["beta"] * b.mean(b.logp, c) - s["beta"] * b.mean(b.logp, r) - s["margin"]) for c, r in b.pairs()]).mean()


def orpo(b, s):
    def odds(rows):
        p = b.mean(b.logp, rows).exp()
        return p / (1 - p)

    return torch.stack([-b.mean(b.logp, c) - s["lambda"] * F.logsigmoid((odds(c) / odds(r)).log()) for c, r in b.pairs()]).mean()


def kto(b, s):
    point = max(0.0, b.case["referencePoint"])
    terms = []
    for rows, label in zip(b.rows, b.case["labels"]):
        if rows:
            reward = b.sum(b.logp, rows) - b.sum(b.reference, rows)
            if label > 0:
                terms.append(s["desirable"] * (1 - torch.sigmoid(s["beta"] * (reward - point))))
            else:
                terms.append(s["undesirable"] * (1 - torch.sigmoid(s["beta"] * (point - reward))))
    return torch.stack(terms).mean()


def reinforce(b, s):
    return b.aggregate(-b.correction * b.advantage * b.logp, s)


def ppo_clip(b, s):
    return b.aggregate(b.correction * surrogate(b.logp - b.old, b.advantage, s), s)


def cispo(b, s):
    weight = (b.logp - b.old).clamp(-20, 20).exp().clamp(1 - s["clipLow"], 1 + s["clipHigh"]).detach()
    return b.aggregate(-b.correction * weight * b.advantage * b.logp, s)


def sequence_clip(b, s):
    join = b.mean if s["ratio"] == "Mean" else b.sum
    return torch.stack([b.correction[rows[0]] * surrogate(join(b.logp - b.old, rows), b.advantage[rows[0]], s) for rows in b.counted]).mean()


def kl(b, s):
    raw = b.reference - b.logp
    k2 = raw ** 2 / 2
    held = raw.clamp(-20, 20)
    k3 = (held.exp() - held - 1).clamp(-10, 10)
    value = {"K1": -raw, "K2": k2, "K3": k3, "K3WithK2Gradient": k3.detach() + k2 - k2.detach()}[s["estimator"]]
    return s["coefficient"] * b.aggregate(value, s)


def entropy(b, s):
    return -s["coefficient"] * b.aggregate(b.entropy, s)


def composite(b, s):
    return sum(LOSSES[part["loss"]](b, part) for part in s["parts"])


LOSSES = {
    "cross-entropy": cross_entropy, "dpo": dpo, "ipo": ipo, "simpo": simpo, "orpo": orpo, "kto": kto, "reinforce": reinforce, "ppo-clip": ppo_clip,
    "cispo": cispo, "sequence-clip": sequence_clip, "kl": kl, "entropy": entropy, "composite": composite,
}


def advantages(estimator, rewards, groups, lengths):
    """One advantage per completion; a reward of None could not be scored."""
    rewards = np.array([np.nan if r is None else r for r in rewards], dtype=np.float64)
    groups, lengths = np.array(groups), np.array(lengths)
    scored = ~np.isnan(rewards)
    result = np.zeros(len(rewards))
    name = estimator["name"]
    if name.startswith("reinforce-plus-plus"):
        centered = rewards.copy()
        if name.endswith("baseline"):
            for g in set(groups[scored]):
                inside = scored & (groups == g)
                centered[inside] -= rewards[inside].mean()
        tokens = np.repeat(centered[scored], lengths[scored])
        if len(tokens) > 0:
            variance = tokens.var(ddof=1) if len(tokens) > 1 else 0.0
            result[scored] = 0.0 if variance < 1e-24 else (centered[scored] - tokens.mean()) / np.sqrt(variance + 1e-8)
        return result
    for g in set(groups[scored]):
        inside = np.flatnonzero(scored & (groups == g))
        r, n = rewards[inside], len(inside)
        if name == "grpo":
            result[inside] = 0.0 if n == 1 else (r - r.mean()) / (r.std(ddof=1) + estimator["epsilon"])
        elif name == "dr-grpo":
            result[inside] = r - r.mean()
        elif name == "rloo":
            result[inside] = [0.0 if n == 1 else r[i] - np.delete(r, i).mean() for i in range(n)]
        elif name == "opo":
            result[inside] = r - (lengths[inside] * r).sum() / lengths[inside].sum()
        elif name == "rejection":
            good = [i for i in sorted(range(n), key=lambda i: (-r[i], i)) if r[i] >= estimator["threshold"]]
            result[inside[good[:estimator["perGroup"]]]] = 1.0
        else:
            raise ValueError(name)
        if n > 1 and np.ptp(r) == 0 and name != "rejection":
            result[inside] = 0.0  # equal rewards: what is left is rounding
    return result


def answer_advantage(case):
    name = case["estimator"]["name"]
    if name == "gae":
        # The definition as a sum over what follows, not the recursion.
        kept = [t for t, m in enumerate(case["mask"]) if m]
        r, v = np.array(case["rewards"])[kept], np.array(case["values"])[kept]
        gamma, decay = case["gamma"], case["gamma"] * case["lambda"]
        delta = r + gamma * np.append(v[1:], 0.0) - v
        a = np.array([sum(decay ** (s - t) * delta[s] for s in range(t, len(delta))) for t in range(len(delta))])
        full, returns = np.zeros(len(case["mask"])), np.zeros(len(case["mask"]))
        full[kept], returns[kept] = a, a + v
        return {"advantages": full.tolist(), "returns": returns.tolist()}
    if name == "whiten":
        values, mask = np.array(case["values"]), np.array(case["counts"]) > 0
        return {"advantages": ((values - values[mask].mean()) / np.sqrt(values[mask].var(ddof=1) + 1e-8)).tolist()}
    if name == "gdpo":
        total = np.zeros(len(case["groups"]))
        for weight, rewards in zip(case["rewardWeights"], case["rewardRows"]):
            total += weight * advantages({"name": "grpo", "epsilon": case["epsilon"]}, rewards, case["groups"], [1] * len(rewards))
        return {"advantages": ((total - total.mean()) / (total.std(ddof=1) + case["epsilon"])).tolist()}
    if name == "importance":
        weights = torch.exp(real(case["trainer"]) - real(case["sampler"])).clamp(max=case["cap"])
        return {"advantages": weights.tolist()}
    if name == "overlong":
        start = case["limit"] - case["buffer"]
        return {"advantages": [0.0 if n <= start else -(n - start) / case["buffer"] * case["factor"] for n in case["lengths"]]}
    return {"advantages": advantages(case["estimator"], case["rewards"], case["groups"], case["lengths"]).tolist()}


def answer_value(case):
    v, old, target = real(case["values"]).requires_grad_(), real(case["old"]), real(case["targets"])
    clipped = old + (v - old).clamp(-case["clip"], case["clip"])
    loss = 0.5 * torch.maximum((v - target) ** 2, (clipped - target) ** 2)
    loss.sum().backward()
    return {"losses": loss.tolist(), "slopes": v.grad.tolist()}


def answer_loss(case):
    batch = Batch(case)
    loss = LOSSES[case["settings"]["loss"]](batch, case["settings"])
    loss.backward()
    gradient = lambda t: (torch.zeros_like(t) if t.grad is None else t.grad).flatten().tolist()
    return {
        "loss": loss.item(), "logits": batch.logits.flatten().tolist(), "dLogits": gradient(batch.logits), "dHidden": gradient(batch.hidden),
        "dNorm": gradient(batch.norm), "dHead": gradient(batch.head), "old": batch.old.tolist(), "reference": batch.reference.tolist(),
        "logProbability": batch.logp.tolist(), "advantage": batch.advantage.tolist(),
    }


def main():
    torch.set_num_threads(1)
    with open(sys.argv[1], encoding="utf-8") as file:
        cases = json.load(file)
    kinds = {"loss": answer_loss, "advantage": answer_advantage, "value": answer_value}
    answers = {case["name"]: kinds[case["kind"]](case) for case in cases}
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(answers, file)


if __name__ == "__main__":
    main()
