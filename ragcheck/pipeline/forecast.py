"""What a run would do and take, before anything is spent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ragcheck.config import RunConfig
from ragcheck.experiment.design import (
    calls_per_question,
    factor_levels,
    full_factorial,
)
from ragcheck.generation.cost import estimate_seconds
from ragcheck.pipeline.answers import questions_to_ask, request_of
from ragcheck.pipeline.evidence import all_strategies, chunk_corpus, largest_k
from ragcheck.pipeline.inputs import Inputs, read_inputs
from ragcheck.pipeline.reader import Reader, build_reader
from ragcheck.pipeline.tools import Tools, build_tools
from ragcheck.pipeline.wording import say
from ragcheck.records.corpus import Question
from ragcheck.records.evidence import Chunk
from ragcheck.records.trials import Cell, GenerationRequest, Level


@dataclass(frozen=True, slots=True)
class Forecast:
    """The size of an experiment. ``seconds`` is for the model calls alone, cold."""

    documents: int
    questions: int
    asked: int
    strategies: tuple[str, ...]
    levels: Mapping[str, tuple[Level, ...]]
    cells: int
    calls: int
    largest_k: int
    seconds: float | None
    left_out: str | None

    def lines(self) -> list[str]:
        """The forecast as text, a line a figure."""
        crossed = [f"  {name}: {', '.join(map(str, own))}" for name, own in self.levels.items()]
        time = "not known for this model" if self.seconds is None else _duration(self.seconds)
        lines = [
            f"documents: {self.documents}",
            f"strategies compared: {len(self.strategies)}, at every K up to {self.largest_k}",
            "factors crossed:",
            *crossed,
            f"cells: {self.cells}, replicates included",
            f"questions asked: {self.asked} of {self.questions}",
            f"model calls: at most {self.calls}",
            f"expected time of the model calls: {time}",
        ]
        return [*lines, f"left out: {self.left_out}"] if self.left_out else lines


def forecast(corpus: Path, questions: Path | None, *, config: RunConfig) -> Forecast:
    """Count cells and calls, and estimate the time of the calls; nothing is asked.

    Raises:
        RagcheckError: corpus, questions or configuration cannot be used.
    """
    inputs = read_inputs(corpus, questions, config)
    config = inputs.config
    tools = build_tools(config, inputs.language)
    reader = build_reader(config)
    cells = full_factorial(config.experiment)
    asked = questions_to_ask(inputs)
    each = calls_per_question(cells)
    affordable = len(asked) if config.budget is None else min(len(asked), config.budget // each)
    left_out = None
    if affordable < len(asked):
        figures = {"covered": affordable, "questions": len(asked), "calls": each * len(asked)}
        left_out = say("en", "budget", budget=config.budget, **figures)
    return Forecast(
        documents=len(inputs.corpus.documents),
        questions=len(inputs.questions.questions),
        asked=affordable,
        strategies=tuple(all_strategies(inputs)),
        levels=factor_levels(config.experiment),
        cells=len(cells),
        calls=each * affordable,
        largest_k=largest_k(inputs),
        seconds=_expected_seconds(inputs, tools, reader, asked[:affordable], cells),
        left_out=left_out,
    )


def _expected_seconds(
    inputs: Inputs,
    tools: Tools,
    reader: Reader,
    asked: Sequence[Question],
    cells: Sequence[Cell],
) -> float | None:
    """Time of the requests if retrieval gave the corpus's chunks in order.

    Only what a chunk's length does to a prompt's matters here, not which chunk it is.
    """
    if not reader.packaged:
        return None
    chunks = {
        strategy: chunk_corpus(inputs, tools, strategy)
        for strategy in inputs.config.experiment.strategies
    }
    groups: list[list[GenerationRequest]] = []
    for number, question in enumerate(asked):
        by_route: dict[tuple[Level, Level], list[GenerationRequest]] = defaultdict(list)
        for cell in cells:
            own = chunks[str(cell.evidence["strategy"])]
            top = _stand_ins(own, number, int(cell.evidence["k"]))
            route = cell.evidence["strategy"], cell.evidence["retriever"]
            by_route[route].append(request_of(inputs, reader, question, top, cell))
        groups.extend(by_route.values())
    return estimate_seconds(groups)


def _stand_ins(chunks: Sequence[Chunk], number: int, k: int) -> list[Chunk]:
    """Some ``k`` chunks, others for each question."""
    return [chunks[(number * k + i) % len(chunks)] for i in range(min(k, len(chunks)))]


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"about {minutes} min {rest} s" if minutes else f"about {rest} s"
