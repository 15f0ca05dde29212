"""What a run would do and take, before anything is spent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ragcheck.config import RunConfig
from ragcheck.errors import StoreError
from ragcheck.experiment.design import (
    FACTORS,
    Design,
    baseline_cell,
    calls_per_question,
    factor_levels,
)
from ragcheck.experiment.interventions import with_references
from ragcheck.experiment.power import ASSUMED, Spread, measured_spread, smallest_effect
from ragcheck.generation.cost import estimate_seconds
from ragcheck.pipeline.contexts import check_interventions
from ragcheck.pipeline.evidence import all_strategies, chunk_corpus, largest_k
from ragcheck.pipeline.inputs import Inputs, default_folder, read_inputs
from ragcheck.pipeline.outputs import read_run
from ragcheck.pipeline.planning import (
    Readers,
    design_of,
    questions_to_ask,
    questions_to_edit,
    request_of,
)
from ragcheck.pipeline.reader import build_readers
from ragcheck.pipeline.tools import Tools, build_tools
from ragcheck.pipeline.wording import say
from ragcheck.records.corpus import Question
from ragcheck.records.evidence import Chunk
from ragcheck.records.trials import Cell, GenerationRequest, Level

TYPICAL_SHARE = 0.5
"""Part of a design's matched pairs that a contrast of a fraction finds, where it is halved."""


@dataclass(frozen=True, slots=True)
class Visible:
    """The smallest difference in correctness that a factor's contrast shows with 80 % power."""

    name: str
    effect: float | None
    spread: Spread


@dataclass(frozen=True, slots=True)
class Forecast:
    """The size of an experiment. ``seconds`` is for the model calls alone, cold."""

    documents: int
    questions: int
    asked: int
    strategies: tuple[str, ...]
    levels: Mapping[str, tuple[Level, ...]]
    design: Design
    interventions: tuple[str, ...]
    edited: int
    cells: int
    calls: int
    largest_k: int
    seconds: float | None
    left_out: str | None
    visible: tuple[Visible, ...] = ()

    def lines(self) -> list[str]:
        """The forecast as text, a line a figure."""
        crossed = [
            f"  {name}: {', '.join(map(str, own))}"
            for name, own in self.levels.items()
            if len(own) > 1 or name in ("strategy", "retriever", "k", "prompt", "temperature")
        ]
        time = "not known for this model" if self.seconds is None else _duration(self.seconds)
        lines = [
            f"documents: {self.documents}",
            f"strategies compared: {len(self.strategies)}, at every K up to {self.largest_k}",
            "factors crossed:",
            *crossed,
            f"design: {_told(self.design)}",
            f"cells: {self.cells}, replicates included",
            f"questions asked: {self.asked} of {self.questions}",
            f"interventions: {', '.join(self.interventions) or 'none'}; {self.edited} questions",
            f"model calls: at most {self.calls}",
            f"expected time of the model calls: {time}",
            *self._visible_lines(),
        ]
        return [*lines, f"left out: {self.left_out}"] if self.left_out else lines

    def _visible_lines(self) -> list[str]:
        if not self.visible:
            return []
        lines = [
            "smallest difference in correctness seen with 80 % power, from the variances",
            "of the difference over questions and of one answer in the run folder's trials,",
            f"where there are any, else {ASSUMED.level:.2f} and {ASSUMED.answer:.2f}:",
        ]
        for visible in self.visible:
            spread = visible.spread
            seen = "none" if visible.effect is None else f"{visible.effect:.2f}"
            lines.append(
                f"  {visible.name}: {seen} ({spread.source}: {spread.level:.2f},"
                f" {spread.answer:.2f})"
            )
        return lines


def forecast(
    corpus: Path, questions: Path | None, *, config: RunConfig, output: Path | None = None
) -> Forecast:
    """Count cells and calls, and estimate the time of the calls; nothing is asked.

    Args:
        output: the run folder; variances of an earlier run in it are used where there is one.

    Raises:
        RagcheckError: corpus, questions or configuration cannot be used.
    """
    inputs = read_inputs(corpus, questions, config)
    config = inputs.config
    check_interventions(config.experiment)
    tools = build_tools(config, inputs.language)
    readers = build_readers(config)
    asked = questions_to_ask(inputs)
    design = design_of(config, len(asked))
    affordable = _affordable(design, len(asked), config.budget)
    left_out = None
    if affordable < len(asked):
        figures = {"covered": affordable, "questions": len(asked)}
        calls = design.calls(len(asked))
        left_out = say("en", "budget", budget=config.budget, calls=calls, **figures)
    crossed = design.calls(affordable)
    names = with_references(config.experiment.interventions)
    edited = _affordable_edits(inputs, asked, len(names), crossed)
    return Forecast(
        documents=len(inputs.corpus.documents),
        questions=len(inputs.questions.questions),
        asked=affordable,
        strategies=tuple(all_strategies(inputs)),
        levels=factor_levels(config.experiment),
        design=design,
        interventions=names,
        edited=len(edited),
        cells=len(design.of(0)),
        calls=crossed + len(names) * len(edited),
        largest_k=largest_k(inputs),
        seconds=_expected_seconds(inputs, tools, readers, asked[:affordable], edited, design),
        left_out=left_out,
        visible=_visible(inputs, design, affordable, len(edited), output),
    )


def _affordable(design: Design, questions: int, budget: int | None) -> int:
    while budget is not None and questions > 0 and design.calls(questions) > budget:
        questions -= 1
    return questions


def _affordable_edits(
    inputs: Inputs, asked: Sequence[Question], arms: int, crossed: int
) -> tuple[Question, ...]:
    """Questions of the interventions that the budget leaves calls for."""
    if arms == 0:
        return ()
    edited = questions_to_edit(inputs, asked)
    budget = inputs.config.budget
    return edited if budget is None else edited[: max(0, budget - crossed) // arms]


def _visible(
    inputs: Inputs, design: Design, questions: int, edited: int, output: Path | None
) -> tuple[Visible, ...]:
    """One line for each factor that varies, and one for an intervention."""
    config = inputs.config.experiment
    rows = _earlier_trials(output or default_folder(inputs))
    found = []
    for name, levels in factor_levels(config).items():
        if len(levels) < 2:
            continue
        others = [other for other in FACTORS if other != name]
        spread = measured_spread(rows, name, others) or ASSUMED
        pairs = len(design.of(0)) / len(levels)
        share = 1.0 if design.fraction is None else TYPICAL_SHARE
        found.append(Visible(name, smallest_effect(questions, pairs * share, spread), spread))
    if config.interventions:
        spread = Spread(ASSUMED.level, 0.0)
        found.append(Visible("interventions", smallest_effect(edited, 1, spread), spread))
    return tuple(found)


def _earlier_trials(folder: Path) -> list[dict[str, object]]:
    """The crossed trials of a finished run in the folder; none where there is no such run."""
    try:
        _, trials = read_run(folder)
    except StoreError:
        return []
    return [row for row in trials if row.get("intervention", "none") == "none"]


def _expected_seconds(
    inputs: Inputs,
    tools: Tools,
    readers: Readers,
    asked: Sequence[Question],
    edited: Sequence[Question],
    design: Design,
) -> float | None:
    """Time of the requests if retrieval gave the corpus's chunks in order.

    Only what a chunk's length does to a prompt's matters here, not which chunk it is.
    """
    if not all(reader.packaged for reader in readers.values()):
        return None
    chunks = {
        strategy: chunk_corpus(inputs, tools, strategy)
        for strategy in inputs.config.experiment.strategies
    }

    def request(number: int, question: Question, cell: Cell) -> GenerationRequest:
        own = chunks[str(cell.evidence["strategy"])]
        top = _stand_ins(own, number, int(cell.evidence["k"]))
        if cell.evidence["order"] != "as_ranked":
            top = top[::-1]
        contents = [chunk.content for chunk in top]
        return request_of(inputs, readers[str(cell.generation["model"])], question, contents, cell)

    groups: list[list[GenerationRequest]] = []
    for number, question in enumerate(asked):
        by_route: dict[tuple[Level, Level], list[GenerationRequest]] = defaultdict(list)
        for cell in design.of(number):
            route = cell.evidence["strategy"], cell.evidence["retriever"]
            by_route[route].append(request(number, question, cell))
        groups.extend(by_route.values())
    arms = with_references(inputs.config.experiment.interventions)
    cell = baseline_cell(inputs.config.experiment)
    for number, question in enumerate(edited):
        shift = len(asked) + number * len(arms)
        groups += [[request(shift + arm, question, cell)] for arm in range(len(arms))]
    return estimate_seconds(groups)


def _stand_ins(chunks: Sequence[Chunk], number: int, k: int) -> list[Chunk]:
    """Some ``k`` chunks, others for each question."""
    return [chunks[(number * k + i) % len(chunks)] for i in range(min(k, len(chunks)))]


def _told(design: Design) -> str:
    if design.fraction is None:
        return f"full, {design.cells} cells, {calls_per_question(design.of(0))} calls a question"
    fraction = design.fraction
    identified = "identified" if fraction.identified else "not all identified"
    return (
        f"d-optimal, {len(fraction.blocks[0])} of {design.cells} cells a question in "
        f"{len(fraction.blocks)} blocks; {fraction.parameters} effects {identified}, "
        f"efficiency {fraction.efficiency:.0%} a trial"
    )


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"about {minutes} min {rest} s" if minutes else f"about {rest} s"
