"""The way from the answers to the decision as one drawing, with the way that this run took marked.

Is it the model's ability? If not, the five questions; and from them to one of three decisions.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from ragcheck.records.results import ChecklistItem, Triage
from ragcheck.reporting.quotes import safe
from ragcheck.reporting.wording import say, translate
from ragcheck.text.display import one_line

MODEL_RULE = "RC001"
DECISIONS = ("stop tuning parameters", "inconclusive", "keep tuning")
WIDTH, EDGE, GAP = 1040, 12, 14
MODEL_TOP, MODEL_HEIGHT, MODEL_WIDTH = 10, 66, 320
HUB, QUESTION_TOP, QUESTION_HEIGHT = 128, 148, 112
BUS, DECISION_TOP, DECISION_HEIGHT = 288, 316, 62
HEIGHT = DECISION_TOP + DECISION_HEIGHT + 10
LINE = 17
LETTER = 8.0
"""Width of a Latin letter in the drawing's units; a Chinese character takes two."""
LONGEST = 160


@dataclass(frozen=True, slots=True)
class _Box:
    """A box at its place: a first line in bold, further lines, and an answer with its tone."""

    left: float
    top: float
    width: float
    height: float
    text: str
    answer: str = ""
    tone: str = "open"
    on: bool = False

    @property
    def middle(self) -> float:
        return self.left + self.width / 2


def decision_flow(triage: Triage, language: str) -> Markup:
    """The drawing as SVG; nothing where the triage has no checklist."""
    if not triage.checklist:
        return Markup("")
    t = partial(say, language)
    ability = _ability(triage)
    stopped = ability == "yes"
    model = _model_box(ability, language)
    other = _other_model_box(model, stopped, language)
    questions = _question_boxes(triage, stopped, language)
    decisions = _decision_boxes(triage, stopped, language)
    drawn = [
        *_model_edges(model, other, stopped),
        *_question_edges(model, questions),
        *_decision_edges(questions, decisions),
        _label(other.left - 10, model.top + MODEL_HEIGHT / 2 - 6, t("answer.yes"), "end"),
        _label(model.middle + 10, HUB - 10, t("flow.if_not"), "start"),
    ]
    drawn += [_drawn(box) for box in (model, other, *questions, *decisions)]
    return Markup(
        '<svg class="flow" role="img" viewBox="0 0 {} {}" xmlns="http://www.w3.org/2000/svg">'
        "<title>{}</title><desc>{}</desc>{}</svg>"
    ).format(WIDTH, HEIGHT, t("s_flow"), _told(triage, ability, language), Markup("").join(drawn))


def taken(triage: Triage) -> tuple[int, ...]:
    """Positions of the questions that the decision comes from.

    Those answered yes; where none is, those that were not measured for an open decision, and all
    of them otherwise.
    """
    answers = [item.answer for item in triage.checklist]
    wanted = "yes"
    if "yes" not in answers:
        wanted = "not measured" if triage.verdict == "inconclusive" else "no"
    found = tuple(i for i, answer in enumerate(answers) if answer == wanted)
    return found or tuple(range(len(answers)))


def _ability(triage: Triage) -> str:
    """Whether the model misses evidence that is in front of it: yes, no or not measured."""
    for item in triage.signals:
        if item.rules == (MODEL_RULE,):
            return item.answer
    return "not measured"


def _model_box(ability: str, language: str) -> _Box:
    return _Box(
        EDGE, MODEL_TOP, MODEL_WIDTH, MODEL_HEIGHT, say(language, "flow.model"),
        f"{translate(language, 'answer', ability)} {MODEL_RULE}", _tone(ability), on=True,
    )  # fmt: skip


def _other_model_box(model: _Box, stopped: bool, language: str) -> _Box:
    left = model.left + model.width + 90
    return _Box(
        left, MODEL_TOP, MODEL_WIDTH, MODEL_HEIGHT, say(language, "flow.other_model"), on=stopped
    )


def _question_boxes(triage: Triage, stopped: bool, language: str) -> list[_Box]:
    count = len(triage.checklist)
    width = (WIDTH - 2 * EDGE - GAP * (count - 1)) / count
    on = () if stopped else taken(triage)
    return [
        _Box(
            EDGE + position * (width + GAP), QUESTION_TOP, width, QUESTION_HEIGHT, item.question,
            _answer(item, language), _tone(item.answer), on=position in on,
        )
        for position, item in enumerate(triage.checklist)
    ]  # fmt: skip


def _answer(item: ChecklistItem, language: str) -> str:
    answer = translate(language, "answer", item.answer)
    return f"{answer} {' '.join(item.rules)}" if item.answer == "yes" else answer


def _decision_boxes(triage: Triage, stopped: bool, language: str) -> list[_Box]:
    width = (WIDTH - 2 * EDGE - GAP * (len(DECISIONS) - 1)) / len(DECISIONS)
    reasons = ("flow.two_yes", "flow.otherwise", "flow.no_yes")
    return [
        _Box(
            EDGE + position * (width + GAP), DECISION_TOP, width, DECISION_HEIGHT,
            translate(language, "triage", name), say(language, reasons[position]),
            on=name == triage.verdict and not stopped,
        )
        for position, name in enumerate(DECISIONS)
    ]  # fmt: skip


def _model_edges(model: _Box, other: _Box, stopped: bool) -> Iterator[Markup]:
    middle = model.top + model.height / 2
    yield _edge(f"M{model.left + model.width:.1f} {middle:.1f}H{other.left:.1f}", on=stopped)
    yield _edge(f"M{model.middle:.1f} {model.top + model.height:.1f}V{HUB}", on=not stopped)


def _question_edges(model: _Box, questions: Sequence[_Box]) -> Iterator[Markup]:
    for box in sorted(questions, key=lambda box: box.on):
        yield _edge(f"M{model.middle:.1f} {HUB}H{box.middle:.1f}V{QUESTION_TOP}", on=box.on)


def _decision_edges(questions: Sequence[_Box], decisions: Sequence[_Box]) -> Iterator[Markup]:
    """From every question to every decision along one line; those taken are drawn last."""
    pairs = [(q, d) for q in questions for d in decisions]
    for question, decision in sorted(pairs, key=lambda pair: pair[0].on and pair[1].on):
        start = question.top + question.height
        path = f"M{question.middle:.1f} {start:.1f}V{BUS}H{decision.middle:.1f}V{DECISION_TOP}"
        yield _edge(path, on=question.on and decision.on)


def _drawn(box: _Box) -> Markup:
    lines = _wrapped(one_line(box.text, LONGEST), box.width - 20)
    parts = [
        Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="6"/>').format(
            box.left, box.top, box.width, box.height
        )
    ]
    top = box.top + LINE + 4
    for number, line in enumerate(lines):
        parts.append(_text(box.left + 10, top + number * LINE, line, "name"))
    for number, line in enumerate(_wrapped(box.answer, box.width - 20)):
        y = top + (len(lines) + number) * LINE + 3
        parts.append(_text(box.left + 10, y, line, f"answer {box.tone}"))
    css = "node on" if box.on else "node"
    return Markup('<g class="{}">{}</g>').format(css, Markup("").join(parts))


def _wrapped(text: str, room: float) -> list[str]:
    """Lines that fit the room: words stay whole, Chinese breaks anywhere."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and _width(line + piece.rstrip()) > room:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> Iterator[str]:
    """Words with the space behind them, and each wide character alone."""
    word = ""
    for char in text:
        if _is_wide(char):
            if word:
                yield word
            word = ""
            yield char
        else:
            word += char
            if char == " ":
                yield word
                word = ""
    if word:
        yield word


def _width(text: str) -> float:
    return sum(2 * LETTER if _is_wide(char) else LETTER for char in text)


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


def _told(triage: Triage, ability: str, language: str) -> Markup:
    """The same in words, for who cannot see the drawing."""
    rows = [f"{say(language, 'flow.model')} {translate(language, 'answer', ability)}"]
    rows += [
        f"{item.question} {translate(language, 'answer', item.answer)} ({item.figure})"
        for item in triage.checklist
    ]
    rows.append(translate(language, "triage", triage.verdict))
    return safe("; ".join(rows))


def _tone(answer: str) -> str:
    return {"yes": "yes", "no": "no"}.get(answer, "open")


def _edge(path: str, *, on: bool) -> Markup:
    return Markup('<path class="{}" d="{}"/>').format("edge on" if on else "edge", path)


def _label(x: float, y: float, text: str, anchor: str) -> Markup:
    return Markup('<text class="label" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        x, y, anchor, safe(text)
    )


def _text(x: float, y: float, text: str, css: str) -> Markup:
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}">{}</text>').format(css, x, y, safe(text))
