"""The part of a diagnosis that asks no language model, for tests and for single commands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ragcheck.config import RunConfig, read_config
from ragcheck.errors import QuestionError
from ragcheck.events import Listener, StageFinished, StageStarted, ignore
from ragcheck.experiment.store import RunStore
from ragcheck.pipeline.conflicts import conflicting_pairs
from ragcheck.pipeline.evidence import Evidence, gather_evidence
from ragcheck.pipeline.inputs import Inputs, default_folder, optional_path, read_inputs
from ragcheck.pipeline.kept_evidence import KeptEvidence, pack, unpack
from ragcheck.pipeline.provenance import provenance
from ragcheck.pipeline.tools import build_tools
from ragcheck.records.corpus import Corpus, Question, content_id
from ragcheck.records.results import Finding
from ragcheck.registry import suggest
from ragcheck.triage.findings import conflict_findings, order_findings

STAGE = "evidence"


@dataclass(frozen=True)
class Examination:
    """Inputs and the evidence measured on them."""

    inputs: Inputs
    evidence: Evidence
    provenance: Mapping[str, object] = field(default_factory=dict)

    def conflicts(self, question: str | None = None, *, k: int) -> tuple[Finding, ...]:
        """Conflicts among the top ``k`` on any route, those that touch most questions first.

        Args:
            question: text or ID of one question; all of them by default.

        Raises:
            QuestionError: there is no such question.
        """
        questions = self.inputs.questions.questions
        asked = questions if question is None else self.named(question)
        wanted = {found.id for found in asked}
        documents = self.inputs.corpus.by_id
        sets = [
            found
            for own in self.evidence.sets.values()
            for found in own
            if found.question.id in wanted
        ]
        pairs = conflicting_pairs(sets, documents, k=k)
        language = self.inputs.language
        return order_findings(conflict_findings(pairs, documents, len(wanted), language))

    def named(self, question: str) -> list[Question]:
        """The questions with this text or ID.

        Raises:
            QuestionError: there is none.
        """
        questions = self.inputs.questions.questions
        chosen = [q for q in questions if question in (q.text, q.id)]
        if not chosen:
            texts = [known.text for known in questions]
            raise QuestionError(f"there is no question {question!r}", mend=suggest(question, texts))
        return chosen


def examine(
    corpus: Path | str | Corpus,
    questions: Path | str | None = None,
    *,
    config: RunConfig | Path | str | None = None,
    output: Path | str | None = None,
    listen: Listener = ignore,
) -> Examination:
    """Chunk, retrieve, judge and measure; arguments and errors as for :func:`diagnose`."""
    settled = config if isinstance(config, RunConfig) else read_config(optional_path(config))
    source = corpus if isinstance(corpus, Corpus) else Path(corpus)
    inputs = read_inputs(source, optional_path(questions), settled)
    return examine_inputs(inputs, output=output, listen=listen)


def examine_inputs(
    inputs: Inputs, *, output: Path | str | None = None, listen: Listener = ignore
) -> Examination:
    """Examine what was read already. Unchanged inputs are measured once for each run folder."""
    tools = build_tools(inputs.config, inputs.language)
    folder = optional_path(output) or default_folder(inputs)
    origin = provenance(tools, folder)
    key = content_id(inputs.key, tools.embedder.key, tools.judge.notation)
    with RunStore(folder) as store:
        kept = store.recall(STAGE, key, KeptEvidence)
        if kept is not None:
            listen(StageStarted(STAGE, len(kept.sets), "rankings"))
            listen(StageFinished(STAGE, 0.0, reused=len(kept.sets)))
            return Examination(inputs, unpack(kept, inputs), origin)
        evidence = gather_evidence(inputs, tools, store, listen)
        store.remember(STAGE, key, KeptEvidence, lambda: pack(evidence))
        return Examination(inputs, evidence, origin)
