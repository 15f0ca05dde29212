"""The tables of a run to the rules on data, metrics, stated rules, noise and refusals."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from ragcheck import rng
from ragcheck.files import write_whole
from ragcheck.pipeline.answers import Answers
from ragcheck.pipeline.conflicts import conflicting_pairs
from ragcheck.pipeline.evidence import Evidence
from ragcheck.pipeline.inputs import Inputs
from ragcheck.pipeline.outputs import RISK_JSON, RULES_JSON
from ragcheck.ports import AnswerScorer, Embedder
from ragcheck.records.corpus import Question
from ragcheck.records.results import Finding
from ragcheck.scoring.overlap import rouge_l, token_f1
from ragcheck.text.tokens import normalise
from ragcheck.triage.findings import JudgedPair
from ragcheck.triage.metric_trust import Overlap, dangerous_findings, metric_signals
from ragcheck.triage.refusals import refusal_signals, risk_coverage, temperature_shift
from ragcheck.triage.rule_answers import (
    RulesAsked,
    dropped_findings,
    rule_rows,
    rule_signals,
    rules_asked,
)
from ragcheck.triage.rules_in_text import StatedRule, stated_rules
from ragcheck.triage.signals import Signal
from ragcheck.triage.skewed_data import (
    boundary_findings,
    data_signals,
    disagreeing_duplicates,
    duplicate_findings,
)
from ragcheck.triage.unexplained import unexplained_signals


def shared_characters(answer: str, reference: str) -> float:
    """Share of the characters that the two have in common, in order, in [0, 1] (an indel ratio)."""
    return fuzz.ratio(normalise(answer)[:5_000], normalise(reference)[:5_000]) / 100


OVERLAPS: Mapping[str, Overlap] = {
    "token F1": token_f1,
    "ROUGE-L": rouge_l,
    "shared characters": shared_characters,
}
"""Metrics of shared words that are held against the one in use; none needs a model."""


@dataclass(frozen=True)
class Studied:
    """What the rules read off one run, over what the evidence rules measure themselves."""

    inputs: Inputs
    evidence: Evidence
    answers: Answers
    scorer: AnswerScorer
    embedder: Embedder

    @cached_property
    def rules(self) -> tuple[StatedRule, ...]:
        """Every rule that the corpus states."""
        return tuple(rule for d in self.inputs.corpus.documents for rule in stated_rules(d))

    @cached_property
    def asked(self) -> RulesAsked:
        """The rules in each question's gold evidence."""
        return rules_asked(self._questions, self.rules)

    @cached_property
    def duplicates(self) -> Sequence[tuple[Question, Question]]:
        """Near-duplicate questions whose gold answers differ."""
        return disagreeing_duplicates(self._questions, self._similarity)

    def signals(self) -> list[Signal]:
        """A signal for each rule of data, evaluation, rules, explanation and refusal."""
        trials, language = self.answers.trials, self.inputs.language
        by_id = {question.id: question for question in self._questions}
        known = [t for t in trials if t.question_id in by_id]
        return [
            *data_signals(
                self._questions, self.inputs.corpus.by_path, self._conflicts, self.rules,
                self.duplicates, self._generator("data"), language,
            ),
            *metric_signals(
                known, by_id, self.scorer, OVERLAPS, self._generator("metric"), language
            ),
            *rule_signals(known, by_id, self.asked, self._generator("rules"), language),
            *unexplained_signals(known, self._generator("noise"), language),
            *refusal_signals(known, by_id, self._generator("refusals"), language),
        ]  # fmt: skip

    def with_temperature(self, signals: Sequence[Signal]) -> list[Signal]:
        """The signals, that of answers to unanswerable questions (RC601) with what a lower
        temperature changes."""
        by_id = {question.id: question for question in self._questions}
        told = temperature_shift(
            self.answers.trials, by_id, self._generator("temperature"), self.inputs.language
        )
        return [
            replace(signal, figure=signal.figure + told) if signal.rule == "RC601" else signal
            for signal in signals
        ]

    def findings(self) -> list[Finding]:
        """Duplicates, untouched exceptions, answers that a metric likes, and dropped rules."""
        language, documents = self.inputs.language, self.inputs.corpus.by_path
        by_id = {question.id: question for question in self._questions}
        trials = self.answers.trials
        return [
            *duplicate_findings(self.duplicates, documents, len(by_id), language),
            *boundary_findings(self._questions, self.rules, documents, language),
            *dangerous_findings(trials, by_id, OVERLAPS, documents, language),
            *dropped_findings(trials, by_id, self.asked, language),
        ]

    def write(self, folder: Path) -> tuple[Path, ...]:
        """``rules.json`` and ``risk_coverage.json`` in the run folder.

        Raises:
            StoreError: the folder cannot be written.
        """
        curve = risk_coverage(self.answers.trials, self._generator("curve"), self.inputs.language)
        tables = {
            RULES_JSON: rule_rows(self.rules, self.asked),
            RISK_JSON: [asdict(point) for point in curve],
        }
        return tuple(write_whole(folder / name, _json(rows)) for name, rows in tables.items())

    @property
    def _questions(self) -> tuple[Question, ...]:
        return self.inputs.questions.questions

    @cached_property
    def _conflicts(self) -> list[JudgedPair]:
        config = self.inputs.config.experiment
        routes = [(s, r) for s in config.strategies for r in config.retrievers]
        sets = [found for route in routes for found in self.evidence.sets[route]]
        return conflicting_pairs(sets, self.inputs.corpus.by_id, k=max(config.k))

    @cached_property
    def _similarity(self) -> NDArray[np.float64] | None:
        if not self._questions:
            return None
        vectors = self.embedder.encode([question.text for question in self._questions])
        return np.asarray(vectors @ vectors.T, dtype=np.float64)

    def _generator(self, name: str) -> np.random.Generator:
        return rng.generator(self.inputs.config.seed, "triage", name)


def _json(rows: Sequence[Mapping[str, object]]) -> bytes:
    return (json.dumps(rows, ensure_ascii=False, indent=1) + "\n").encode()
