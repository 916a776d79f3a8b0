#!/usr/bin/env python3
"""The PyTorch side of `npm run perf -- model`: times LXMERT's training step and evaluation in eager PyTorch.

    python3 tools/peer/lxmert.py --size mini|full [--threads N] [--tuned] [--seconds S] [--fine-tune]

Prints one JSON object. --fine-tune does the work of one of the quickstart's dense cells instead, on made-up questions,
for `npm run perf -- bench` to time as a process. Stock is the wheel as it is; --tuned also lets MKL take AVX-512 on
processors that are not Intel's, through a preloaded library (needs a C compiler). Everything is computed that the
original computes: padded words, the vision half of the last layer that no answer reads, dropout in every place
(--fine-tune has none, as the quickstart). The optimiser is the fused AdamW.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time

SIZES = {
    "mini": dict(hidden=64, heads=4, inner=256, layers=(1, 1, 2), words=100, features=64, answers=44,
                 batch=32, tokens=13, regions=8, dropout=0.1),
    "full": dict(hidden=768, heads=12, inner=3072, layers=(9, 5, 5), words=30522, features=2048, answers=3129,
                 batch=32, tokens=20, regions=36, dropout=0.1),
}
# configs/quickstart.yaml: what its network reads, and how often.
QUICKSTART = dict(SIZES["mini"], tokens=10, dropout=0.0)
EPOCHS, STEPS, SELECTION, REPORTED, EVALUATION_BATCH = 4, 132, 480, 1600, 128


def tune():
    """Starts this program again with MKL told that it runs on an Intel processor."""
    if os.environ.get("LD_PRELOAD", "").endswith("intel.so"):
        return
    folder = tempfile.mkdtemp(prefix="peer-")
    source, library = os.path.join(folder, "intel.c"), os.path.join(folder, "intel.so")
    with open(source, "w") as file:
        file.write("int mkl_serv_intel_cpu_true(void) { return 1; }\n")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "LD_PRELOAD": library})


def build(torch, size):
    nn, functional = torch.nn, torch.nn.functional
    hidden, heads, inner = size["hidden"], size["heads"], size["inner"]

    class Attention(nn.Module):
        def __init__(self):
            super().__init__()
            self.query, self.key, self.value = (nn.Linear(hidden, hidden) for _ in range(3))
            self.dense, self.norm = nn.Linear(hidden, hidden), nn.LayerNorm(hidden, eps=1e-12)
            self.drop = nn.Dropout(size["dropout"])

        def split(self, x):
            return x.view(x.shape[0], -1, heads, hidden // heads).transpose(1, 2)

        def forward(self, x, context, mask):
            q, k, v = self.split(self.query(x)), self.split(self.key(context)), self.split(self.value(context))
            scores = q @ k.transpose(2, 3) / (hidden // heads) ** 0.5
            if mask is not None:
                scores = scores + mask
            y = (self.drop(scores.softmax(-1)) @ v).transpose(1, 2).reshape(x.shape)
            return self.norm(self.drop(self.dense(y)) + x)

    class FeedForward(nn.Module):
        def __init__(self):
            super().__init__()
            self.widen, self.narrow = nn.Linear(hidden, inner), nn.Linear(inner, hidden)
            self.norm, self.drop = nn.LayerNorm(hidden, eps=1e-12), nn.Dropout(size["dropout"])

        def forward(self, x):
            return self.norm(self.drop(self.narrow(functional.gelu(self.widen(x)))) + x)

    class Single(nn.Module):
        def __init__(self):
            super().__init__()
            self.attention, self.inner = Attention(), FeedForward()

        def forward(self, x, mask):
            return self.inner(self.attention(x, x, mask))

    class Cross(nn.Module):
        def __init__(self):
            super().__init__()
            self.cross, self.language, self.vision = Attention(), Single(), Single()

        def forward(self, x, y, mask):
            language, vision = self.cross(x, y, None), self.cross(y, x, mask)
            return self.language(language, mask), self.vision(vision, None)

    class Lxmert(nn.Module):
        def __init__(self):
            super().__init__()
            words, objects, crosses = size["layers"]
            self.word, self.position, self.segment = (nn.Embedding(n, hidden) for n in (size["words"], 512, 2))
            self.features, self.boxes = nn.Linear(size["features"], hidden), nn.Linear(4, hidden)
            self.norms = nn.ModuleList(nn.LayerNorm(hidden, eps=1e-12) for _ in range(3))
            self.drop = nn.Dropout(size["dropout"])
            self.language = nn.ModuleList(Single() for _ in range(words))
            self.objects = nn.ModuleList(Single() for _ in range(objects))
            self.crosses = nn.ModuleList(Cross() for _ in range(crosses))
            self.pooler = nn.Linear(hidden, hidden)
            self.head = nn.Sequential(nn.Linear(hidden, 2 * hidden), nn.GELU(), nn.LayerNorm(2 * hidden, eps=1e-12),
                                      nn.Linear(2 * hidden, size["answers"]))

        def forward(self, tokens, mask, features, boxes):
            places = torch.arange(tokens.shape[1]).expand_as(tokens)
            embedded = self.word(tokens) + self.position(places) + self.segment(torch.zeros_like(tokens))
            x = self.drop(self.norms[0](embedded))
            y = self.drop((self.norms[1](self.features(features)) + self.norms[2](self.boxes(boxes))) / 2)
            mask = (1 - mask)[:, None, None, :] * -10000.0
            for layer in self.language:
                x = layer(x, mask)
            for layer in self.objects:
                y = layer(y, None)
            for layer in self.crosses:
                x, y = layer(x, y, mask)
            return self.head(self.pooler(x[:, 0]).tanh())

    return Lxmert()


def median(seconds, call):
    """Median milliseconds of a call, three at least, after two to warm up."""
    for _ in range(2):
        call()
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 3:
        start = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - start))
    return sorted(times)[len(times) // 2]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", choices=SIZES, default="mini")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--tuned", action="store_true")
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--fine-tune", action="store_true")
    options = parser.parse_args()
    if options.tuned:
        tune()
    import torch

    torch.manual_seed(1)
    torch.set_num_threads(options.threads)
    size = QUICKSTART if options.fine_tune else SIZES[options.size]
    model = build(torch, size)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-5, fused=True)

    def draw(questions):
        tokens, regions = size["tokens"], size["regions"]
        return (torch.randint(1, size["words"], (questions, tokens)), torch.ones(questions, tokens),
                torch.rand(questions, regions, size["features"]), torch.rand(questions, regions, 4))

    inputs = draw(size["batch"])
    targets = (torch.rand(size["batch"], size["answers"]) > 0.99).float()

    def step():
        optimiser.zero_grad()
        logits = model(*inputs)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, targets) * size["answers"]
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5)
        optimiser.step()
        return loss.item()

    def evaluate(questions):
        with torch.no_grad():
            return model(*questions).argmax(-1).tolist()

    if options.fine_tune:
        questions = draw(EVALUATION_BATCH)
        for _ in range(EPOCHS):
            for _ in range(STEPS):
                step()
            for _ in range(0, SELECTION, EVALUATION_BATCH):
                evaluate(questions)
        for _ in range(0, REPORTED, EVALUATION_BATCH):
            evaluate(questions)
        print(json.dumps({"torch": torch.__version__, "steps": EPOCHS * STEPS}))
        return

    step_milliseconds = median(options.seconds, step)
    model.eval()
    evaluation = median(options.seconds / 2, lambda: evaluate(inputs))
    print(json.dumps({
        "torch": torch.__version__, "size": options.size, "threads": options.threads, "tuned": options.tuned,
        "stepMilliseconds": step_milliseconds, "questionsPerSecond": 1000 * size["batch"] / evaluation,
        "peakBytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }))


if __name__ == "__main__":
    main()
