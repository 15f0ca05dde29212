"""Fine-tunes the packaged MiniLM as an extractive reader that may say "no answer".

    python training/reader.py --data SHARED_DATA_FOLDER --minutes 20 --out reader.safetensors
    python training/reader.py --data ... --start reader.safetensors --rate 8e-5 --out better...

Data: passages of imagined articles and search results (articles/, written for this), statements
of imagined handbooks (handbook_statements_en.tsv, likewise), both also asked by the sentences of
other sources (cloze_examples.py); documentation of open-source projects
(documentation_pairs_en.jsonl names their licences); SQuAD 2.0 and XQuAD (CC BY-SA 4.0), QACC's
training sets (CC BY-SA 3.0) and the first half of RAMDocs' questions (MIT), where an answer stands
in the passage as it is; passages of the same questions without it are examples of "no answer".
Copies in which another answer of the same type stands in the place of the answer teach it to read
what is written, and short pieces to read search results. The word embeddings stay those of the
packaged model, so that only the six layers and the two heads are written. The learning rate falls
with the time that is spent, so that training ends when the minutes do.
"""

from __future__ import annotations

import argparse
import json
import re
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from articles import WINDOW, Example, article_examples
from cloze_examples import cloze_examples
from handbook import pages, reader_groups
from safetensors.torch import load_file, save_file
from transformers import AutoModel, AutoTokenizer

from ragcheck.models import find_encoder
from ragcheck.text.tokens import words
from ragcheck.text.values import find_values

LENGTH, BATCH, RATE = 192, 16, 1.5e-4
DOCUMENTATION = Path(__file__).parent / "documentation_pairs_en.jsonl"
DOCUMENTATION_TIMES, ARTICLE_TIMES = 3, 2


def rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def questions(path: Path, rng: np.random.Generator) -> Iterator[Example]:
    """SQuAD-like rows; a long context is cut to a window that holds the answer."""
    for row in rows(path):
        text, answers = row["context"], row.get("answers") or []
        if not row.get("answerable", True) or not answers:
            start = int(rng.integers(0, max(1, len(text) - WINDOW + 1)))
            yield row["question"], text[start : start + WINDOW], -1, -1
            continue
        first = answers[0]
        said = first["text"] if isinstance(first, dict) else first
        place = first.get("start", first.get("answer_start")) if isinstance(first, dict) else None
        place = text.find(said) if place is None else int(place)
        if place < 0 or text[place : place + len(said)] != said:
            continue
        low = max(0, place + len(said) - WINDOW)
        start = int(rng.integers(low, place + 1)) if len(text) > WINDOW else 0
        yield (
            row["question"],
            text[start : start + WINDOW],
            place - start,
            place - start + len(said),
        )


def answered(question: str, passage: str, answer: str) -> Example | None:
    """The passage with the first place of the answer; ``None`` where it does not stand there."""
    match = re.search(re.escape(answer.strip()), passage, re.IGNORECASE) if answer.strip() else None
    if match is None:
        return None
    start = max(0, match.start() - WINDOW // 2)
    end = start + WINDOW
    return question, passage[start:end], match.start() - start, match.end() - start


def search_results(path: Path, rng: np.random.Generator) -> Iterator[Example]:
    for row in rows(path):
        bearing = {i for answer in row["answers"] for i in answer["passages"]}
        texts = [passage["text"] for passage in row["passages"]]
        for answer in row["answers"]:
            for i in answer["passages"]:
                found = answered(row["question"], texts[i], answer["answer"])
                if found is not None:
                    yield found
        rest = [i for i in range(len(texts)) if i not in bearing]
        for i in rng.permutation(rest)[:2] if rest else ():
            yield row["question"], texts[i][:WINDOW], -1, -1


def ambiguous(path: Path, rng: np.random.Generator) -> Iterator[Example]:
    """The first half of RAMDocs; the other half is measured on."""
    for row in list(rows(path))[:125]:
        for passage in row["passages"]:
            found = (
                answered(row["question"], passage["text"], str(passage["answer"]))
                if passage["kind"] in ("correct", "misinfo")
                else None
            )
            if found is not None:
                yield found
            elif passage["kind"] == "noise" and rng.random() < 0.5:
                yield row["question"], passage["text"][:WINDOW], -1, -1


def documentation(path: Path) -> Iterator[Example]:
    """Documentation with its questions, of every other project: the rest is for the joining."""
    for row in rows(path):
        if zlib.crc32(row["package"].encode()) % 2 == 0:
            continue
        for side in (row["a"], row["b"]):
            found = answered(row["question"], side["text"], side["answer"] or "")
            if found is not None:
                yield found
            elif side["answer"] is None:
                yield row["question"], side["text"][:WINDOW], -1, -1


def siblings(path: Path) -> Iterator[Example]:
    """Questions of documentation beside passages of the same project about something else.

    Of the passages whose questions share least, the one that shares most words with the question.
    """
    of_package: dict[str, list[dict[str, Any]]] = {}
    for row in rows(path):
        if zlib.crc32(row["package"].encode()) % 2:
            of_package.setdefault(row["package"], []).append(row)
    for own in of_package.values():
        asked = {row["question"]: set(words(row["question"])) for row in own}
        for question, said in asked.items():
            others = {
                side["text"]: len(said & set(words(side["text"])))
                for row in own
                if len(said & asked[row["question"]]) < len(said) / 2
                for side in (row["a"], row["b"])
            }
            for text in sorted(others, key=lambda text: (-others[text], text))[:2]:
                yield question, text[:WINDOW], -1, -1


def handbooks(rng: np.random.Generator) -> Iterator[Example]:
    """Statements of imagined handbooks, alone and on a page with others of the same handbook.

    Of two houses in three: the rest is for the joining.
    """
    for question, page, place in pages(reader_groups("en"), rng):
        yield question, page[:WINDOW], *(place if place[1] <= WINDOW else (-1, -1))


def answer_type(answer: str) -> str:
    """Kind of a value, or name, word or phrase: what may stand in the place of an answer."""
    values = find_values(answer)
    if values:
        return f"{values[0].kind} {len(answer.split()) > 2}"
    words = answer.split()
    name = any(word[:1].isupper() for word in words)
    return f"{'name' if name else 'words'} {min(3, len(words))}"


def replaced(examples: list[Example], rng: np.random.Generator) -> Iterator[Example]:
    """Answered examples with another answer of the same type in every place of the answer."""
    pool: dict[str, list[str]] = {}
    for _, passage, start, end in examples:
        if start >= 0:
            pool.setdefault(answer_type(passage[start:end]), []).append(passage[start:end])
    for question, passage, start, end in examples:
        if start < 0:
            continue
        answer = passage[start:end]
        others = pool[answer_type(answer)]
        other = others[int(rng.integers(len(others)))]
        if other.lower() in answer.lower() or answer.lower() in other.lower():
            continue
        before = passage[:start].replace(answer, other)
        yield (
            question,
            before + other + passage[end:].replace(answer, other),
            len(before),
            len(before) + len(other),
        )


def shortened(examples: list[Example], rng: np.random.Generator) -> Iterator[Example]:
    """Pieces of 120 to 300 characters that hold the answer, as search results show them."""
    for question, passage, start, end in examples:
        room = int(rng.integers(120, 301))
        if len(passage) <= room or end - start >= room:
            continue
        if start < 0:
            first = int(rng.integers(0, len(passage) - room + 1))
            yield question, passage[first : first + room], -1, -1
            continue
        first = int(rng.integers(max(0, end - room), min(start, len(passage) - room) + 1))
        yield question, passage[first : first + room], start - first, end - first


def encode(tokenizer: Any, examples: list[Example]) -> list[tuple[list[int], list[int], int, int]]:
    """(token IDs, segment IDs, first, last) of each example; (0, 0) is "no answer"."""
    batch = tokenizer(
        [e[0][:200] for e in examples], [e[1] for e in examples], truncation="only_second",
        max_length=LENGTH, return_offsets_mapping=True,
    )  # fmt: skip
    found = []
    for k, (_, _, start, end) in enumerate(examples):
        ids, offsets = batch["input_ids"][k], batch["offset_mapping"][k]
        owners = batch.sequence_ids(k)
        inside = [
            i for i, (owner, (a, b)) in enumerate(zip(owners, offsets, strict=True))
            if owner == 1 and a < end and start < b
        ] if start >= 0 else [0]  # fmt: skip
        if inside:
            segments = [1 if owner == 1 else 0 for owner in owners]
            found.append((ids, segments, inside[0], inside[-1]))
    return found


def batches(encoded: list[Any], rng: np.random.Generator) -> Iterator[list[Any]]:
    """Batches of like length, in a random order, for ever."""
    while True:
        noise = rng.random(len(encoded)) * 12
        order = np.argsort([len(e[0]) + n for e, n in zip(encoded, noise, strict=True)])
        cut = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
        for k in rng.permutation(len(cut)):
            yield [encoded[i] for i in cut[k]]


def tensors(batch: list[Any]) -> tuple[torch.Tensor, ...]:
    width = max(len(e[0]) for e in batch)
    ids = torch.zeros(len(batch), width, dtype=torch.long)
    segments, mask = torch.zeros_like(ids), torch.zeros_like(ids)
    for k, (tokens, owners, _, _) in enumerate(batch):
        ids[k, : len(tokens)] = torch.tensor(tokens)
        segments[k, : len(tokens)] = torch.tensor(owners)
        mask[k, : len(tokens)] = 1
    spans = torch.tensor([[e[2], e[3]] for e in batch])
    return ids, segments, mask, spans


def starting_model(start: Path | None) -> tuple[Any, torch.nn.Linear]:
    """The packaged encoder with an empty head, or a reader that was trained before."""
    folder = find_encoder("packaged:minilm").path
    model = AutoModel.from_pretrained(folder, add_pooling_layer=False)
    for parameter in model.embeddings.parameters():
        parameter.requires_grad_(False)
    head = torch.nn.Linear(model.config.hidden_size, 2)
    if start is not None:
        state = {name: tensor.float() for name, tensor in load_file(start).items()}
        for module, prefix in ((model.encoder, "encoder."), (head, "head.")):
            module.load_state_dict(
                {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
            )
    return model, head


def train(
    model: Any, head: torch.nn.Linear, encoded: list[Any], *, minutes: float, rate: float,
    bfloat16: bool,
) -> None:  # fmt: skip
    """Fit model and head in place until the minutes are spent."""
    parameters = [p for p in (*model.encoder.parameters(), *head.parameters()) if p.requires_grad]
    optimiser = torch.optim.AdamW(parameters, lr=rate, weight_decay=0.01)
    begin, step, seen, running = time.monotonic(), 0, 0, 3.0
    model.train()
    for batch in batches(encoded, np.random.default_rng(0)):
        spent = (time.monotonic() - begin) / 60 / minutes
        if spent >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / 40) * max(0.02, 1 - spent)
        ids, segments, mask, spans = tensors(batch)
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            states = model(input_ids=ids, token_type_ids=segments, attention_mask=mask)
            logits = head(states.last_hidden_state)
        logits = logits.float().masked_fill(mask[..., None] == 0, -1e4)
        loss = torch.nn.functional.cross_entropy(logits[..., 0], spans[:, 0])
        loss = loss + torch.nn.functional.cross_entropy(logits[..., 1], spans[:, 1])
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        step, seen = step + 1, seen + len(batch)
        running = 0.98 * running + 0.02 * loss.item() / 2
        if step % 10 == 0:
            epochs = seen / len(encoded)
            print(f"{spent:.3f} step {step} epochs {epochs:.2f} loss {running:.3f}", flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, required=True)
    arguments.add_argument("--minutes", type=float, default=20)
    arguments.add_argument("--out", type=Path, required=True)
    arguments.add_argument("--start", type=Path)
    arguments.add_argument("--most", type=int, help="examples beside the documentation")
    arguments.add_argument("--rate", type=float, default=RATE)
    arguments.add_argument("--bfloat16", action="store_true")
    options = arguments.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    examples = [
        *questions(options.data / "qa" / "squad2.jsonl", rng),
        *questions(options.data / "qa" / "xquad_en.jsonl", rng),
        *search_results(options.data / "conflict" / "qacc_train.jsonl", rng),
        *ambiguous(options.data / "conflict" / "ramdocs_dev.jsonl", rng),
    ]
    examples += [*replaced(examples, rng), *shortened(examples, rng)]
    if options.most:
        examples = [examples[i] for i in rng.permutation(len(examples))[: options.most]]
    examples += DOCUMENTATION_TIMES * list(documentation(DOCUMENTATION))
    examples += [*siblings(DOCUMENTATION), *handbooks(rng)]
    written = list(article_examples("en", rng))
    examples += ARTICLE_TIMES * written + list(shortened(written, rng))
    examples += cloze_examples("en", rng)
    tokenizer = AutoTokenizer.from_pretrained(find_encoder("packaged:minilm").path)
    encoded = encode(tokenizer, examples)
    empty = sum(e[2] == 0 for e in encoded)
    print(f"{len(encoded)} examples, {empty} without an answer", flush=True)
    model, head = starting_model(options.start)
    train(
        model, head, encoded, minutes=options.minutes, rate=options.rate, bfloat16=options.bfloat16
    )  # fmt: skip
    weights = {f"encoder.{k}": v for k, v in model.encoder.state_dict().items()}
    weights |= {f"head.{k}": v for k, v in head.state_dict().items()}
    save_file({k: v.to(torch.float16).contiguous() for k, v in weights.items()}, options.out)


if __name__ == "__main__":
    main()
