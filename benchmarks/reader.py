"""Speed of the packaged language model, and what its prefix cache saves.

    python benchmarks/reader.py [--threads N] [--corpus FOLDER ...]

Prints seconds for a context that is new, known or extended, each repeated over different
contexts (median), the unit costs that ``ragcheck.generation.cost`` expects, tokens a character
for each corpus, and whether answers were the same in another order.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

from ragcheck.generation import cost
from ragcheck.generation.client import LlamaIndexGenerator
from ragcheck.generation.connect import connect_packaged
from ragcheck.generation.local import PackagedServer
from ragcheck.generation.prompts import build_prompt, one_line, stop_sequences
from ragcheck.models import find_language_model
from ragcheck.records.trials import Answer, GenerationParameters, GenerationRequest
from ragcheck.text.language import detect_language

REPEATS = 5
PASSAGE_CHARACTERS = 400


def passages(corpus: Path, count: int) -> list[str]:
    """Pieces of the corpus's Markdown files, all of one length."""
    text = "\n".join(one_line(path.read_text("utf-8")) for path in sorted(corpus.rglob("*.md")))
    pieces = [text[i : i + PASSAGE_CHARACTERS] for i in range(0, len(text), PASSAGE_CHARACTERS)]
    return pieces[:count]


def request(
    pieces: list[str], language: str, template: str = "plain", temperature: float = 0.0
) -> GenerationRequest:
    question = {"en": "When does this apply?", "zh": "什么时候适用？"}[language]
    return GenerationRequest(
        build_prompt(question, pieces, template=template, language=language),
        GenerationParameters(temperature, seed=1),
        stop_sequences(language),
    )


def timed(generator: LlamaIndexGenerator, *requests: GenerationRequest) -> tuple[float, Answer]:
    begun = time.perf_counter()
    answers = generator.generate(requests)
    return time.perf_counter() - begun, answers[-1]


def measure(generator: LlamaIndexGenerator, pieces: list[str], language: str) -> None:
    """Print medians over different contexts of eight passages."""
    columns: dict[str, list[float]] = {}
    tokens: list[int] = []
    same = True
    for turn in range(REPEATS):
        own = pieces[turn * 8 : turn * 8 + 8]
        steps = {
            "2 passages, new": request(own[:2], language),
            "8 passages, the first 2 known": request(own, language),
            "8 passages, same prompt, temperature 1": request(own, language, temperature=1.0),
            "8 passages, known, other template": request(own, language, "cautious"),
        }
        replies = {}
        for name, step in steps.items():
            seconds, replies[name] = timed(generator, step)
            columns.setdefault(name, []).append(seconds)
        timed(generator, request(pieces[-2:], language))
        seconds, again = timed(generator, steps["8 passages, the first 2 known"])
        columns.setdefault("8 passages, new", []).append(seconds)
        same = same and again == replies["8 passages, the first 2 known"]
        tokens.append(again.prompt_tokens or 0)
    print(f"{language}: prompt of 8 passages has {statistics.median(tokens):.0f} tokens")
    new = statistics.median(columns["8 passages, new"])
    for name, values in columns.items():
        median = statistics.median(values)
        print(f"  {median:7.2f} s  {median / new:5.2f} of new  {name}")
    print(f"  same answer after another context: {same}")


def unit_costs(generator: LlamaIndexGenerator, pieces: list[str]) -> None:
    """Print tokens a second for reading and for writing, and the cost of a call."""
    prompt = " ".join(pieces[:8])
    short = GenerationRequest(prompt, GenerationParameters(0.0, max_tokens=1))
    long = GenerationRequest(prompt, GenerationParameters(0.0, max_tokens=65))
    read, answer = timed(generator, short)
    one, _ = timed(generator, short)
    written, full = timed(generator, long)
    new = (written - one) / max(1, (full.completion_tokens or 0) - 1)
    print(f"reading: {(answer.prompt_tokens or 0) / read:.0f} tokens/s")
    print(f"writing: {1 / new:.0f} tokens/s; a call that writes one token: {one:.3f} s")
    print(
        f"expected by ragcheck.generation.cost: {1 / cost.PROMPT_TOKEN_SECONDS:.0f} and "
        f"{1 / cost.NEW_TOKEN_SECONDS:.0f} tokens/s, {cost.CALL_SECONDS:.3f} s a call"
    )


def tokens_a_character(model: Path, corpora: list[Path]) -> None:
    with PackagedServer(model, threads=1) as server:
        for corpus in corpora:
            text = "\n".join(passages(corpus, 60))
            counted = server.count_tokens(text)
            print(
                f"{corpus.name}: {counted / len(text):.3f} tokens a character, "
                f"estimated {cost.estimate_tokens(text) / len(text):.3f}"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument(
        "--corpus",
        type=Path,
        nargs="+",
        default=[Path("corpora/kestrel-handbook"), Path("corpora/qinghe-rules")],
    )
    options = parser.parse_args()
    model = find_language_model("packaged:gemma3-270m")
    tokens_a_character(model, options.corpus)
    begun = time.perf_counter()
    with connect_packaged(model, threads=options.threads) as generator:
        print(f"start: {time.perf_counter() - begun:.2f} s; {generator.key}")
        for corpus in options.corpus:
            pieces = passages(corpus, 8 * REPEATS + 2)
            measure(generator, pieces, detect_language(pieces[0]))
        unit_costs(generator, passages(options.corpus[0], 8))


if __name__ == "__main__":
    main()
