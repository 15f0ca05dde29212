"""Pairs in which one passage answers with something else of the same type.

From passages that are known to answer a question alike: with the answer of one of them replaced
they contradict each other; as they are, or with both replaced, they agree; beside a passage
without an answer they do neither. Sources: QACC's training sets (CC BY-SA 3.0, passages of
different authors), SQuAD 2.0 (CC BY-SA 4.0, a passage beside its own sentence), XQuAD in Chinese
(CC BY-SA 4.0, a passage beside its question with the answer in it).
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from conflict_rows import Row, read_rows

from ragcheck.text.sentences import sentence_spans
from ragcheck.text.values import find_values

WINDOW = 600
MOST_OF_ONE_ANSWER = 2
_ASKING = re.compile(
    r"多少|几(?=[个年月日次人位条种天名度支场家所])|什么|哪一?[个种年位家座]|哪里|哪儿|谁|何时"
)


def answer_type(answer: str) -> str:
    """Kind of a value, name or words: what may stand in the place of an answer."""
    values = find_values(answer)
    if values:
        return f"{values[0].kind} {values[0].unit} {len(answer.split()) > 2}"
    words = answer.split()
    name = any(word[:1].isupper() for word in words)
    return (
        f"{'name' if name else 'words'} {min(3, len(words))} {len(answer) // 4 if not name else 0}"
    )


class Answers:
    """Answers by type, to take others from."""

    def __init__(self, answers: Sequence[str], rng: np.random.Generator) -> None:
        self._pool: dict[str, list[str]] = defaultdict(list)
        for answer in dict.fromkeys(answers):
            self._pool[answer_type(answer)].append(answer)
        self._rng = rng

    def other(self, answer: str) -> str | None:
        """Another answer of the type; of a number as often the same with another digit."""
        digits = [i for i, char in enumerate(answer) if char.isdigit()]
        if digits and self._rng.random() < 0.5:
            i = digits[int(self._rng.integers(len(digits)))]
            digit = str((int(answer[i]) + int(self._rng.integers(1, 9))) % 10)
            return answer[:i] + digit + answer[i + 1 :]
        pool = self._pool[answer_type(answer)]
        for _ in range(8):
            found = pool[int(self._rng.integers(len(pool)))] if pool else answer
            if found.lower() not in answer.lower() and answer.lower() not in found.lower():
                return found
        return None


def replace_answer(passage: str, answer: str, other: str) -> str | None:
    """The passage with every place of the answer replaced; ``None`` where there is none."""
    pattern = re.compile(rf"(?<!\w){re.escape(answer)}(?!\w)", re.IGNORECASE)
    if re.search(r"[\u4e00-\u9fff]", answer):
        pattern = re.compile(re.escape(answer))
    replaced, count = pattern.subn(lambda _: other, passage)
    return replaced if count else None


def search_results(path: Path, rng: np.random.Generator) -> Iterator[Row]:
    """QACC: passages of one answer, with the answer replaced on neither, one or both sides."""
    rows = read_rows(path)
    pool = Answers([a["answer"].strip() for row in rows for a in row["answers"]], rng)
    for row in rows:
        texts = [passage["text"] for passage in row["passages"]]
        bearing = {i for answer in row["answers"] for i in answer["passages"]}
        rest = [i for i in range(len(texts)) if i not in bearing]
        for answer in row["answers"]:
            said = answer["answer"].strip()
            other = pool.other(said) if said else None
            changed = {i: replace_answer(texts[i], said, other) for i in answer["passages"]
                       } if other else {}  # fmt: skip
            kept = [i for i, text in changed.items() if text is not None]
            pairs = list(itertools.permutations(kept, 2))
            for k in rng.permutation(len(pairs))[:MOST_OF_ONE_ANSWER]:
                i, j = pairs[k]
                fake = changed[j]
                yield _row("replaced qacc", row, texts[i], str(fake), True, "conflict")
                yield _row("replaced qacc", row, texts[i], texts[j], False, "same answer")
                if rng.random() < 0.3:
                    yield _row("replaced qacc", row, str(changed[i]), str(fake), False,
                               "same answer")  # fmt: skip
                if rest:
                    away = texts[rest[int(rng.integers(len(rest)))]]
                    side = str(fake) if rng.random() < 0.5 else texts[i]
                    yield _row("replaced qacc", row, side, away, False, "one without answer")


def _row(source: str, row: dict[str, Any], left: str, right: str, conflict: bool, kind: str) -> Row:
    return Row(source, str(row["id"]), left, right, row["question"], conflict, kind)


def own_sentences(path: Path, most: int, rng: np.random.Generator) -> Iterator[Row]:
    """SQuAD: a passage beside its own sentence, the answer replaced in neither or one of them."""
    rows = [row for row in read_rows(path) if row.get("answerable", True) and row["answers"]]
    pool = Answers([_text(row["answers"][0]) for row in rows], rng)
    titles: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        titles[row["title"]].append(row["context"])
    for k in rng.permutation(len(rows))[:most]:
        row = rows[k]
        said = _text(row["answers"][0])
        passage, sentence = _window(row["context"], said, rng)
        other = pool.other(said)
        if other is None or not sentence:
            continue
        fakes = replace_answer(passage, said, other), replace_answer(sentence, said, other)
        if None in fakes:
            continue
        group = {"id": row["title"], "question": row["question"]}
        yield _row("own sentence", group, passage, sentence, False, "agree")
        if rng.random() < 0.5:
            yield _row("own sentence", group, passage, str(fakes[1]), True, "conflict")
        else:
            yield _row("own sentence", group, str(fakes[0]), sentence, True, "conflict")
        beside = [text for text in titles[row["title"]] if said not in text]
        halves = passage[: passage.find(sentence)], passage[passage.find(sentence) :]
        if min(map(len, halves)) > 80:
            yield _row("own sentence", group, halves[0], halves[1], False, "same article")
        if beside:
            text = beside[int(rng.integers(len(beside)))][:WINDOW]
            yield _row("own sentence", group, str(fakes[0]), text, False, "same article")


def _text(answer: Any) -> str:
    return str(answer["text"] if isinstance(answer, dict) else answer).strip()


def _window(context: str, answer: str, rng: np.random.Generator) -> tuple[str, str]:
    """A piece of the context around the answer, and the sentence of the answer."""
    spans = sentence_spans(context)
    place = context.find(answer)
    at = next((i for i, s in enumerate(spans) if s.start <= place < s.end), None)
    if at is None:
        return context, ""
    first = max(0, at - int(rng.integers(0, 4)))
    last = min(len(spans) - 1, at + int(rng.integers(0, 3)))
    return context[spans[first].start : spans[last].end], context[spans[at].start : spans[at].end]


def chinese_statements(path: Path, rng: np.random.Generator) -> Iterator[Row]:
    """XQuAD in Chinese: a passage beside its question as a statement, true or not."""
    rows = [row for row in read_rows(path) if row.get("answerable", True) and row["answers"]]
    pool = Answers([_text(row["answers"][0]) for row in rows], rng)
    titles: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        titles[row["title"]].append(row["context"])
    for row in rows:
        said = _text(row["answers"][0])
        passage, _ = _window(row["context"], said, rng)
        other = pool.other(said)
        if other is None or said not in passage or not _ASKING.search(row["question"]):
            continue
        group = {"id": row["title"], "question": row["question"]}
        statement, false = (
            _ASKING.sub(lambda _, a=answer: a, row["question"], count=1).rstrip("？?") + "。"
            for answer in (said, other)
        )
        fake = str(replace_answer(passage, said, other))
        yield _row("statements zh", group, passage, statement, False, "agree")
        sides = (passage, false) if rng.random() < 0.5 else (fake, statement)
        yield _row("statements zh", group, *sides, True, "conflict")
        beside = [text for text in titles[row["title"]] if said not in text and other not in text]
        if beside:
            text = beside[int(rng.integers(len(beside)))][:WINDOW]
            side = statement if rng.random() < 0.5 else false
            yield _row("statements zh", group, side, text, False, "same article")


def shortened(rows: Sequence[Row], source: str, most: int, rng: np.random.Generator
              ) -> Iterator[Row]:  # fmt: skip
    """A text beside itself without a sentence: what one side says alone contradicts nothing."""
    found = 0
    for k in rng.permutation(len(rows)):
        row = rows[k]
        text = row.left if rng.random() < 0.5 else row.right
        spans = sentence_spans(text)
        if len(spans) < 2 or found >= most:
            continue
        found += 1
        gone = spans[int(rng.integers(len(spans)))]
        shorter = (text[: gone.start] + text[gone.end :]).strip()
        asked = row.question if rng.random() < 0.7 else None
        yield Row(source, row.group, text, shorter, asked, False, "without a sentence")


def led_in(rows: Sequence[Row], most: int, rng: np.random.Generator) -> Iterator[Row]:
    """A sentence beside itself with a lead that says what it is about, as stand-alone forms do."""
    leads = ("In {}, ", "According to the article on {}, ", "Regarding {}: ", "{}: ", "For {}, ")
    for k in rng.permutation(len(rows))[:most]:
        row = rows[k]
        if row.kind not in ("agree", "conflict"):
            continue
        lead = leads[int(rng.integers(len(leads)))].format(row.group.replace("_", " "))
        right = lead + row.right
        yield Row("led in", row.group, row.left, right, row.question, row.conflict, row.kind)
        if not row.conflict:
            yield Row("led in", row.group, row.right, right, row.question, False, "agree")
