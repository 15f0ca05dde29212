"""Situations with a known fault, made from the shipped corpora by edits, and healthy ones.

Documents, chunks, retrieval, judgements and measures are real; the reader is scripted
(:mod:`tests.planted.reader`). A situation says what was done, and which problem triage must name.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from ragcheck import rng
from ragcheck.config import RunConfig, read_config
from ragcheck.corpus.loaders import load_corpus
from ragcheck.corpus.questions import read_questions
from ragcheck.events import ignore
from ragcheck.experiment.store import RunStore
from ragcheck.pipeline.answers import run_experiment
from ragcheck.pipeline.diagnosis import build_report
from ragcheck.pipeline.evidence import gather_evidence
from ragcheck.pipeline.inputs import Inputs
from ragcheck.pipeline.tools import build_tools
from ragcheck.pipeline.triaging import Studied
from ragcheck.ports import AnswerScorer
from ragcheck.records.corpus import Corpus, Document, Question, QuestionSet, Span
from ragcheck.records.results import Report
from ragcheck.records.trials import Answer, AnswerScore
from ragcheck.scoring.abstention import is_abstention
from ragcheck.scoring.overlap import token_f1
from ragcheck.text.edits import contradicting_edit
from ragcheck.text.values import find_values
from ragcheck.triage.rules_in_text import BOUNDARIES, rules_of, stated_rules
from tests.planted.reader import Behaviour, ScriptedReader, Truth, gold_texts

CORPORA = Path(__file__).parents[2] / "corpora"
NAMES = {"en": "kestrel-handbook", "zh": "qinghe-rules"}
SIZES = {"en": 450, "zh": 180}


@dataclass(frozen=True)
class World:
    """A corpus with its questions, and what a reader may take for the truth of each."""

    corpus: Corpus
    questions: tuple[Question, ...]
    truths: Mapping[str, Truth]


Edit = Callable[[World], World]
SOUND = Behaviour()


@dataclass(frozen=True)
class Situation:
    """``problem`` is what triage must name first, ``None`` where nothing is wrong.

    ``stops`` is whether tuning must be stopped: two or more of the five questions are a yes.
    """

    name: str
    language: str
    problem: str | None
    edits: tuple[Edit, ...] = ()
    behaviour: Behaviour = SOUND
    overrides: Mapping[str, object] = field(default_factory=dict)
    scorer: AnswerScorer | None = None


class OverlapScorer:
    """Token F1 as if it were correctness: right from a half on, refusals as they are."""

    @property
    def notation(self) -> str:
        return "token_f1"

    def score(self, question: Question, answer: Answer) -> AnswerScore:
        """The best overlap with an accepted answer."""
        text = answer.text or ""
        if question.unanswerable or is_abstention(text):
            right = float(question.unanswerable and is_abstention(text))
            verdict = "correct" if right else "abstained" if is_abstention(text) else "wrong"
            return AnswerScore(verdict, right, right, right, is_abstention(text), token_f1=right)
        best = max(token_f1(text, accepted) for accepted in question.answers)
        verdict = "correct" if best >= 0.5 else "wrong"
        return AnswerScore(verdict, best, best, best, False, token_f1=best)


@cache
def world(language: str) -> World:
    """A shipped corpus without the sources and questions that it has conflicts on purpose for."""
    folder = CORPORA / NAMES[language]
    whole = load_corpus(folder)
    questions = read_questions(folder / "questions.jsonl", whole).questions
    stale = {
        document.path
        for document in whole.documents
        if any(mark in document.path for mark in ("2021", "2020", "faq", "macros", "call-note"))
    }
    kept = tuple(
        q
        for q in questions
        if "conflicted" not in q.tags and not stale & {gold.document for gold in q.evidence}
    )
    corpus = replace(whole, documents=tuple(d for d in whole.documents if d.path not in stale))
    return World(corpus, kept, truths_of(kept, corpus))


def truths_of(questions: tuple[Question, ...], corpus: Corpus) -> dict[str, Truth]:
    """What the reader knows, by the question's text."""
    rules = [rule for document in corpus.documents for rule in stated_rules(document)]
    names = [q.answers[0] for q in questions if q.answers and len(q.answers[0]) < 40]
    return {
        q.text: Truth(
            q, gold_texts(q, corpus), (), wrong_answer(q, names),
            "exception" in q.tags or any(
                rule.kind in ("exception", "prohibition", "threshold", "liability")
                for rule in rules_of(q, rules)
            ),
        )
        for q in questions
    }  # fmt: skip


def wrong_answer(question: Question, names: list[str]) -> str:
    """The accepted answer with another value, the opposite, or another question's answer."""
    generator = rng.generator(3, "wrong", question.text)
    if not question.answers:
        return names[int(generator.integers(len(names)))]
    answer = question.answers[0]
    opposite = {"yes": "no", "no": "yes", "可以": "不可以", "不可以": "可以", "是": "否",
                "否": "是", "不需要": "需要", "不会": "会"}  # fmt: skip
    if answer in opposite:
        return opposite[answer]
    edit = contradicting_edit(
        answer, Span(0, len(answer)), generator, answers=question.answers, names=names
    )
    others = [name for name in names if name not in question.answers]
    return edit.apply(answer) if edit else others[int(generator.integers(len(others)))]


def run(situation: Situation) -> Report:
    """The diagnosis of a situation, from its documents to its triage."""
    base = world(situation.language)
    for edit in situation.edits:
        base = edit(base)
    config = config_of(situation)
    inputs = Inputs(base.corpus, QuestionSet(base.questions), config)
    tools = build_tools(config, situation.language)
    if situation.scorer is not None:
        tools = replace(tools, scorer=situation.scorer)
    reader = ScriptedReader(base.truths, situation.behaviour, situation.language)
    with tempfile.TemporaryDirectory() as folder, RunStore(Path(folder)) as store:
        evidence = gather_evidence(inputs, tools, store, ignore)
        readers = {config.model.name: reader.as_reader()}
        answers = run_experiment(inputs, evidence, tools, readers, store, ignore)
        studied = Studied(inputs, evidence, answers, tools.scorer, tools.embedder)
        return build_report(inputs, evidence, answers, {}, studied)


def config_of(situation: Situation) -> RunConfig:
    """A small crossed design over one strategy, at which sound evidence is complete."""
    strategy = f"headings(path=true, size={SIZES[situation.language]})"
    values: dict[str, object] = {
        "language": situation.language,
        "threads": 1,
        "evidence.strategies": [strategy],
        "evidence.max_k": 8,
        "experiment.strategies": [strategy],
        "experiment.k": [5, 8],
        "experiment.temperature": [0.0, 1.0],
        "experiment.replicates": 3,
        "experiment.questions": 80,
    }
    return read_config(None, {**values, **situation.overrides}).for_language(situation.language)


# --- edits -------------------------------------------------------------------------------------


def stale_version(share: float) -> Edit:
    """Older editions beside the documents, with the gold sentences of some questions changed."""

    def edit(base: World) -> World:
        generator = rng.generator(5, "stale")
        truths, texts = dict(base.truths), dict[str, str]()
        for question in base.questions:
            if not question.evidence or generator.random() >= share:
                continue
            gold = question.evidence[0]
            document = base.corpus.by_path[gold.document]
            text = texts.get(gold.document, document.text)
            at = text.find(document.text[gold.span.start : gold.span.end])
            end = at + len(gold.span)
            change = (
                contradicting_edit(text, Span(at, end), generator, answers=question.answers)
                if at >= 0
                else None
            )
            if change is None:
                continue
            texts[gold.document] = change.apply(text)
            changed_end = end + len(change.replacement) - len(change.span)
            truth = truths[question.text]
            rival = texts[gold.document][at:changed_end], change.replacement
            truths[question.text] = replace(truth, rivals=(rival,))
        old = [Document(_older(path), text) for path, text in texts.items()]
        documents = sorted((*base.corpus.documents, *old), key=lambda d: d.path)
        corpus = replace(base.corpus, documents=tuple(documents))
        return World(corpus, base.questions, truths)

    return edit


def _older(path: str) -> str:
    stem, _, ending = path.rpartition(".")
    return f"{stem}-2019.{ending}"


def without_exceptions(base: World) -> World:
    """No question asks about an exception or a prohibition any more."""
    rules = [r for d in base.corpus.documents for r in stated_rules(d) if r.kind in BOUNDARIES]
    kept = tuple(q for q in base.questions if "exception" not in q.tags and not rules_of(q, rules))
    return replace(base, questions=kept)


def disagreeing_copies(count: int) -> Edit:
    """Some questions stand there twice, and the copy has another gold answer."""

    def edit(base: World) -> World:
        truths, copies = dict(base.truths), []
        for question in [q for q in base.questions if "plain" in q.tags][:count]:
            truth = base.truths[question.text]
            text = f"Please tell me: {question.text}"
            if base.corpus.language == "zh":
                text = f"请问{question.text}"
            copy = replace(question, id=f"{question.id}-b", text=text, answers=(truth.wrong,))
            copies.append(copy)
            truths[text] = truth
        return World(base.corpus, (*base.questions, *copies), truths)

    return edit


def one_kind(base: World) -> World:
    """Only questions whose answer is a number."""
    amounts = {"number", "quantity", "money", "percent", "duration"}
    numbers = []
    for question in base.questions:
        values = find_values(question.answers[0]) if question.answers else []
        covered = sum(len(value.span) for value in values) * 3
        if values and values[0].kind in amounts and covered >= len(question.answers[0]):
            numbers.append(question)
    return replace(base, questions=tuple(numbers))


def tiny(language: str) -> dict[str, object]:
    """Cuts by characters so short that sentences fall apart."""
    strategy = f"chars(size={110 if language == 'en' else 40})"
    return {"evidence.strategies": [strategy], "experiment.strategies": [strategy]}


ONE_PASSAGE: dict[str, object] = {
    "evidence.max_k": 2,
    "experiment.k": [1, 2],
    "evidence.retriever": "bm25",
    "experiment.retrievers": ["bm25"],
}

SITUATIONS = (
    Situation("healthy", "en", None),
    Situation("healthy", "zh", None),
    Situation("healthy, temperature matters a little", "en", None, behaviour=Behaviour(noise=0.1)),
    Situation("a stale version put back", "en", "data", (stale_version(0.6),)),
    Situation("a stale version put back", "zh", "data", (stale_version(0.6),)),
    Situation("gold answers of duplicates disagree", "en", "data", (disagreeing_copies(8),)),
    Situation("gold answers of duplicates disagree", "zh", "data", (disagreeing_copies(8),)),
    Situation("exceptions removed from the questions", "en", "data", (without_exceptions,)),
    Situation("exceptions removed from the questions", "zh", "data", (without_exceptions,)),
    Situation("one kind of answer drowns the rest", "zh", "data", (one_kind,)),
    Situation("one kind of answer drowns the rest", "en", "data", (one_kind,)),
    Situation("scorer replaced by overlap, good reader", "zh", "evaluation",
              scorer=OverlapScorer()),
    Situation("scorer replaced by overlap, good reader", "en", "evaluation",
              scorer=OverlapScorer()),
    Situation("scorer replaced by overlap", "en", "evaluation",
              behaviour=Behaviour(blind=0.3), scorer=OverlapScorer()),
    Situation("scorer replaced by overlap", "zh", "evaluation",
              behaviour=Behaviour(blind=0.3), scorer=OverlapScorer()),
    Situation("exceptions dropped from the answers", "en", "rule",
              behaviour=Behaviour(drops_rules=0.8)),
    Situation("exceptions dropped from the answers", "zh", "rule",
              behaviour=Behaviour(drops_rules=0.8)),
    Situation("answers about rules vary", "zh", "rule", behaviour=Behaviour(varies_on_rules=0.5)),
    Situation("tiny chunks without headings", "en", "evidence", overrides=tiny("en")),
    Situation("tiny chunks without headings", "zh", "evidence", overrides=tiny("zh")),
    Situation("K too small for the evidence", "en", "evidence", overrides=ONE_PASSAGE),
    Situation("K too small for the evidence", "zh", "evidence", overrides=ONE_PASSAGE),
    Situation("reader with raised temperature", "en", "explanation",
              behaviour=Behaviour(noise=0.5), overrides={"experiment.temperature": [0.8, 1.2]}),
    Situation("reader with raised temperature", "zh", "explanation",
              behaviour=Behaviour(noise=0.5), overrides={"experiment.temperature": [0.8, 1.2]}),
    Situation("unanswerable questions answered", "en", "refusal",
              behaviour=Behaviour(answers_unanswerable=1.0, answers_missing=1.0)),
    Situation("unanswerable questions answered", "zh", "refusal",
              behaviour=Behaviour(answers_unanswerable=1.0, answers_missing=1.0)),
    Situation("refuses though the evidence is there", "en", "refusal",
              behaviour=Behaviour(refuses=0.45)),
    Situation("a model that cannot read", "en", "model", behaviour=Behaviour(blind=0.8)),
    Situation("a model that cannot read", "zh", "model", behaviour=Behaviour(blind=0.8)),
    Situation("stale version, and nothing is refused", "en", "data", (stale_version(0.6),),
              behaviour=Behaviour(answers_unanswerable=1.0, answers_missing=1.0)),
    Situation("tiny chunks, and nothing is refused", "zh", "evidence", overrides=tiny("zh"),
              behaviour=Behaviour(answers_unanswerable=1.0, answers_missing=1.0)),
)  # fmt: skip
