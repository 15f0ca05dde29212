"""Every rule, once: its stable ID, what it means, its threshold and how to mend what it finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that ragcheck looks for.

    ``threshold`` is compared with a bound of an interval, never with the point; its meaning is
    in ``why``. Rules without one raise findings for each place.
    """

    id: str
    problem: str
    title: str
    why: str
    mend: str
    threshold: float | None = None


PROBLEMS = (
    "data is skewed",
    "the evaluation is wrong",
    "a rule is needed, not a memory",
    "the evidence is broken",
    "beyond explanation",
    "no ability to refuse",
)

_RULES = (
    Rule(
        "RC101",
        PROBLEMS[0],
        "sources contradict the answer",
        "For more than this share of the questions, a passage in the top K contradicts one that "
        "holds the answer. No parameter chooses between two sources.",
        "reconcile or archive one of the two sources, or index their validity dates",
        0.10,
    ),
    Rule(
        "RC201",
        PROBLEMS[1],
        "metrics order the configurations differently",
        "The rank correlation (Kendall's tau) over configurations between correctness and token "
        "F1 stays below this value: tuning on one of them makes the other worse.",
        "choose the metric that follows the accepted answers before comparing configurations",
        0.5,
    ),
    Rule(
        "RC301",
        PROBLEMS[2],
        "questions about rules are answered worse than plain ones",
        "Answers to rule-with-exception questions fall below those to plain questions by more "
        "than this, with the evidence in the context.",
        "put the rule into the system layer: a table, a gate or a template",
        0.10,
    ),
    Rule(
        "RC401",
        PROBLEMS[3],
        "two passages in the top K contradict each other",
        "The model has to choose, and tells a reasonable story either way.",
        "keep one of the two, or say in both which one holds when",
    ),
    Rule(
        "RC402",
        PROBLEMS[3],
        "a retrieved chunk cannot be understood alone",
        "What its statements are about stands outside the chunk.",
        "cut at headings and carry the heading path, or repeat the subject",
    ),
    Rule(
        "RC403",
        PROBLEMS[3],
        "the evidence is not retrieved",
        "The passage that holds the answer is not among the top K.",
        "repair the chunk or the retriever: the words of the question are not in the chunk",
    ),
    Rule(
        "RC404",
        PROBLEMS[3],
        "answer quality follows the evidence",
        "The lower bound of the evidence share lies above that of the generation parameters.",
        "change chunking, K or the sources before any parameter",
    ),
    Rule(
        "RC405",
        PROBLEMS[3],
        "few chunks stand alone",
        "At most this share of the chunks of every strategy in the experiment stands alone.",
        "choose the strategy with the largest share, or repair the documents' sections",
        0.75,
    ),
    Rule(
        "RC406",
        PROBLEMS[3],
        "evidence is missing at the largest K",
        "For more than this share of the questions the gold evidence is not complete.",
        "look at the findings RC403: they name each passage that was missed",
        0.20,
    ),
    Rule(
        "RC501",
        PROBLEMS[4],
        "the same parameters give different answers",
        "Replicate noise is more than this share of the variance within questions.",
        "lower the temperature or add replicates before comparing anything",
        0.50,
    ),
    Rule(
        "RC601",
        PROBLEMS[5],
        "unanswerable questions get an answer",
        "More than this share of the unanswerable questions is answered as if the corpus held "
        "the answer.",
        "add a gate that refuses when sufficiency is low; the reader does not do it alone",
        0.20,
    ),
)

RULES: Mapping[str, Rule] = {rule.id: rule for rule in _RULES}
