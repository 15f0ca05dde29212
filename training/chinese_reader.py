"""Fits low-rank additions to the lower layers of Gemma 3 270M, so that they read Chinese answers.

    python training/chinese_reader.py --data SHARED_DATA_FOLDER --minutes 50 --out FILE
    python training/chinese_reader.py --data ... --start FILE --rate 3e-4 --minutes 12 --out BETTER

Data: passages of imagined articles and search results (articles/, written for this), statements
of imagined handbooks (handbook_statements_zh.tsv, likewise), both also asked by the sentences of
other sources (cloze_examples.py); Chinese documentation of open-source projects
(documentation_pairs_zh.jsonl names their licences); XQuAD Chinese and English and SQuAD 2.0
(CC BY-SA 4.0), QACC's training set (CC BY-SA 3.0) and the first half of RAMDocs (MIT), as in
``training/reader.py``. XQuAD's Chinese rows come also with another answer of the same kind put in
the place of the right one, with a window of the document that does not hold the answer, and with
the question of the other language. Four of its 24 documents are held out in both languages. The
causal layers are not fitted, so that their states are computed once and kept. The learning rate
falls with the time that is spent.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from articles import article_examples
from chinese_rows import HELD_OUT, Example, chinese, chinese_questions, rows, window, without
from cloze_examples import cloze_examples
from handbook import pages, reader_groups
from reader import ambiguous, documentation, questions, search_results
from safetensors.torch import load_file, save_file

from ragcheck.judges.readers.encoder import Depth, GemmaEncoder, embedded
from ragcheck.judges.readers.gguf_file import GgufFile
from ragcheck.judges.readers.pieces import Pieces
from ragcheck.judges.readers.sequences import Joined, join, padded
from ragcheck.judges.readers.window import nearest_window
from ragcheck.models import find_language_model
from ragcheck.text.language import detect_language

BATCH, RATE, ENGLISH = 12, 7e-4, 320
DOCUMENTATION = Path(__file__).with_name("documentation_pairs_zh.jsonl")


def clipped(example: Example) -> Example | None:
    """An English example in a shorter window."""
    question, text, start, end = example
    if start < 0:
        return question, text[:ENGLISH], -1, -1
    low = max(0, min(start - 60, end - ENGLISH))
    cut = text[low : low + ENGLISH]
    return (question, cut, start - low, end - low) if end - low <= len(cut) else None


def nearest(example: Example) -> Example:
    """The part of the passage that the reader would see; without an answer that is not in it."""
    question, text, start, end = example
    part = nearest_window(question, text)
    there = part.start <= start and end <= part.end
    place = (start - part.start, end - part.start) if there else (-1, -1)
    return question, text[part.start : part.end], *place


def encoded(pieces: Pieces, example: Example) -> tuple[Joined, int, int] | None:
    """The sequence, and the indices of the first and last piece of the answer."""
    question, text, start, end = example
    joined = join(pieces, question[:200], text)
    none = len(joined.numbers) - 1
    if start < 0:
        return joined, none, none
    inside = [i for i, (a, b) in enumerate(joined.places) if a < end and start < b]
    reaches = inside and joined.places[inside[-1]][1] >= end
    return (joined, joined.first + inside[0], joined.first + inside[-1]) if reaches else None


class Trainer:
    """Batches of like length; the states of the causal layers are kept after the first epoch."""

    def __init__(self, encoder: GemmaEncoder, file: GgufFile, items: list[Any]) -> None:
        self.encoder, self.file, self.items = encoder, file, items
        self.kept: dict[int, torch.Tensor] = {}

    def batches(self, rng: np.random.Generator) -> Iterator[np.ndarray[Any, Any]]:
        while True:
            noise = rng.random(len(self.items)) * 12
            lengths = np.array([len(item[0].numbers) for item in self.items])
            order = np.argsort(lengths + noise)
            cut = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
            for k in rng.permutation(len(cut)):
                yield cut[k]

    def scores(self, chosen: Any) -> torch.Tensor:
        """(count, length, 2) scores, those outside the passage and "no answer" left out."""
        sequences = [self.items[i][0] for i in chosen]
        numbers, present = padded(sequences)
        there = torch.from_numpy(present)
        missing = [k for k, i in enumerate(chosen) if int(i) not in self.kept]
        if missing:
            with torch.no_grad():
                states = embedded(self.file, numbers[missing]).bfloat16()
                states = self.encoder.lower(states, there[missing])
            for row, k in zip(states, missing, strict=True):
                self.kept[int(chosen[k])] = row[: len(sequences[k].numbers)].clone()
        states = torch.zeros(*numbers.shape, 640, dtype=torch.bfloat16)
        for k, i in enumerate(chosen):
            row = self.kept[int(i)]
            states[k, : len(row)] = row
        allowed = there.clone()
        for k, one in enumerate(sequences):
            allowed[k, : one.first] = False
        found: torch.Tensor = self.encoder.upper(states, there)
        return found.masked_fill(~allowed[..., None], -1e4)


def train(trainer: Trainer, minutes: float, rate: float, out: Path) -> None:
    encoder = trainer.encoder
    parameters = list(encoder.parameters())
    optimiser = torch.optim.AdamW(parameters, lr=rate, weight_decay=0.01)
    begin, step, seen, running, saved = time.monotonic(), 0, 0, 4.0, time.monotonic()
    for chosen in trainer.batches(np.random.default_rng(0)):
        spent = (time.monotonic() - begin) / 60 / minutes
        if spent >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / 40) * max(0.02, 1 - spent)
        scores = trainer.scores(chosen)
        spans = torch.tensor([trainer.items[i][1:] for i in chosen])
        loss = torch.nn.functional.cross_entropy(scores[..., 0], spans[:, 0])
        loss = loss + torch.nn.functional.cross_entropy(scores[..., 1], spans[:, 1])
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        step, seen = step + 1, seen + len(chosen)
        running = 0.97 * running + 0.03 * loss.item() / 2
        if step % 10 == 0:
            epochs = seen / len(trainer.items)
            print(f"{spent:.3f} step {step} epochs {epochs:.2f} loss {running:.3f}", flush=True)
        if time.monotonic() - saved > 300:
            save(encoder, out)
            saved = time.monotonic()
    save(encoder, out)


def save(encoder: GemmaEncoder, out: Path) -> None:
    state = {k: v.detach().to(torch.float16).contiguous() for k, v in encoder.state_dict().items()}
    depth = encoder.depth
    said = {"layers": depth.layers, "causal": depth.causal, "rank": depth.rank}
    save_file(state, out, metadata={name: str(number) for name, number in said.items()})


def evaluate(trainer: Trainer, examples: list[Example]) -> None:
    """Exact and overlapping answers, and how well the margin tells that there is one."""
    hits, overlaps, margins, has = [], [], [], []
    with torch.inference_mode():
        for i, (_, text, start, end) in enumerate(examples):
            joined = trainer.items[i][0]
            scores = trainer.scores(np.array([i]))[0].float().numpy()
            none, inner = scores[-1].sum(), scores[joined.first : -1]
            table = np.triu(inner[:, :1] + inner[None, :, 1]) + np.tril(
                np.full((len(inner), len(inner)), -1e5), -1
            )
            table -= 1e5 * (np.triu(np.ones_like(table), 24) > 0)
            first, last = divmod(int(table.argmax()), len(inner))
            margins.append(table[first, last] - none)
            has.append(start >= 0)
            if start >= 0:
                low, high = joined.places[first][0], joined.places[last][1]
                hits.append(text[low:high].strip(" ，。的") == text[start:end].strip(" ，。的"))
                shared = max(0, min(high, end) - max(low, start))
                overlaps.append(2 * shared / (high - low + end - start))
    there, gone = (
        np.array([m for m, h in zip(margins, has, strict=True) if h is w]) for w in (True, False)
    )
    auc = float((there[:, None] > gone[None, :]).mean()) if len(gone) else float("nan")
    print(
        f"held out: {len(hits)} answered, exact {np.mean(hits):.3f}, overlap "
        f"{np.mean(overlaps):.3f}, AUROC of having an answer {auc:.3f} ({len(gone)} without)",
        flush=True,
    )


def examples_of(data: Path, rng: np.random.Generator) -> tuple[list[Example], list[Example]]:
    """What is fitted on, and the held-out Chinese."""
    zh, en = rows(data / "qa" / "xquad_zh.jsonl"), rows(data / "qa" / "xquad_en.jsonl")
    kept_zh, kept_en = ([r for r in part if r["title"] not in HELD_OUT] for part in (zh, en))
    held_texts = {r["context"][:60] for r in en if r["title"] in HELD_OUT}
    english = [
        *questions(data / "qa" / "squad2.jsonl", rng),
        *questions(data / "qa" / "xquad_en.jsonl", rng),
        *search_results(data / "conflict" / "qacc_train.jsonl", rng),
        *ambiguous(data / "conflict" / "ramdocs_dev.jsonl", rng),
    ]
    held_words = re.compile("|".join(re.escape(h.replace("_", " ")) for h in HELD_OUT))
    english = [
        e for e in english
        if not held_words.search(e[1] + e[0]) and not any(t in e[1] for t in held_texts)
    ]  # fmt: skip
    cut = [e for e in map(clipped, english) if e is not None]
    written = [*article_examples("zh", rng), *article_examples("zh", rng)]
    house = [(q, page, *place) for q, page, place in pages(reader_groups("zh"), rng)]
    documents = [e for e in documentation(DOCUMENTATION) if detect_language(e[1]) == "zh"]
    fitted = [
        *chinese(kept_zh, kept_en, rng), *chinese_questions(kept_zh, kept_en, rng), *cut,
        *map(nearest, [*written, *cloze_examples("zh", rng), *house, *documents]),
    ]  # fmt: skip
    held = [r for r in zh if r["title"] in HELD_OUT]
    tested = [window(r, rng) for r in held]
    tested += [e for e in (without(r, rng) for r in held) if e is not None]
    return fitted, tested


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, required=True)
    arguments.add_argument("--minutes", type=float, default=45)
    arguments.add_argument("--out", type=Path, required=True)
    arguments.add_argument("--layers", type=int, default=13)
    arguments.add_argument("--causal", type=int, default=5)
    arguments.add_argument("--rank", type=int, default=16)
    arguments.add_argument("--rate", type=float, default=RATE)
    arguments.add_argument("--start", type=Path, help="go on from these weights, Chinese alone")
    options = arguments.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    fitted, tested = examples_of(options.data, np.random.default_rng(0))
    if options.start is not None:
        fitted = [e for e in fitted if detect_language(e[1]) == "zh"]
    file = GgufFile(find_language_model("packaged:gemma3-270m"))
    pieces = Pieces.of(file)
    both = []
    for part in (fitted, tested):
        pairs = [(e, encoded(pieces, e)) for e in part]
        both.append([(e, code) for e, code in pairs if code is not None])
    items = [code for _, code in both[0]]
    tokens = sum(len(item[0].numbers) for item in items)
    empty = sum(item[1] == len(item[0].numbers) - 1 for item in items)
    print(f"{len(items)} examples, {tokens / len(items):.0f} pieces, {empty} without an answer")
    encoder = GemmaEncoder(Depth(options.layers, options.causal, options.rank))
    encoder.fill(file, torch.bfloat16)
    if options.start is not None:
        encoder.load_state_dict({k: v.float() for k, v in load_file(options.start).items()})
    train(Trainer(encoder, file, items), options.minutes, options.rate, options.out)
    evaluate(Trainer(encoder, file, [code for _, code in both[1]]), [e for e, _ in both[1]])


if __name__ == "__main__":
    main()
