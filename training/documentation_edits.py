"""Pairs made from the labelled documentation: one side beside its own passage, edited.

Every labelled pair has a question and, for either side, the answer that its passage gives. From
such a passage come, with its own small rewritings (form, wording, a sentence more or less) on top:

* *conflicts*: the sentence with the answer says another value, name, list or the opposite;
* *agreements*: nothing else is changed, or only a sentence that the question does not ask for;
* *look-alikes*: the passage speaks of another setting, format or platform, and says something else
  of it. Of that other one the question does not ask.

What is changed beside the answer is as likely in a conflict as in an agreement, so that the
amount of change says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from conflict_edits import opposite, other_list, other_name, other_value, reworded
from conflict_rows import Row, read_rows

from ragcheck.text.alignment import coverage, read_frame, read_words
from ragcheck.text.language import detect_language
from ragcheck.text.sentences import sentence_spans

Edit = Callable[[str, np.random.Generator], str | None]

WORDINGS: tuple[tuple[str, str], ...] = (
    (r"\bi\.?e\.?(?=[ ,])", "that is"), (r"\be\.g\.", "for example"), (r"\bdo not\b", "don't"),
    (r"\bdon't\b", "do not"), (r"\bdoes not\b", "doesn't"), (r"\bdoesn't\b", "does not"),
    (r"\bcannot\b", "can't"), (r"\bcan't\b", "cannot"), (r"\bare not\b", "aren't"),
    (r"\bis not\b", "isn't"), (r"\bit is\b", "it's"), (r"\bit's\b", "it is"),
    (r"\byou can\b", "it is possible to"), (r"\bin order to\b", "to"), (r"\ballows? you to\b",
    "lets you"), (r"\blets you\b", "allows you to"), (r"\bhttp://", "https://"),
    (r"\b(?:simply|just|easily|actually|currently) ", ""), (r"\bfor instance\b", "for example"),
    (r"\bfor example\b", "for instance"), (r"\bNote that (\w)", r"\1"), (r"\bshould\b", "ought to"),
    (r"\bmay want to\b", "might want to"), (r"\bas well as\b", "and"), (r"\buseful\b", "helpful"),
    (r"\bspecif(?:y|ies)\b", "set"), (r"\bprovides?\b", "offers"), (r"\bwill be (\w+ed)\b",
    r"is \1"), (r"\bcontains?\b", "holds"), (r"\bthe following\b", "these"),
    (r"\bSee also\b", "See"), (r"\bdefaults to\b", "is by default"),
    (r"\bBy default,? ", "Normally "), (r"\busing\b", "with"), (r"\bmaximum\b", "largest possible"),
    (r"\bpass\b", "give"),
    ("可以", "能够"), ("如果", "若"), ("需要", "要"), ("以及", "和"), ("进行", ""),
    ("是否", "要不要"), ("设置", "设定"), ("默认为", "默认是"), ("默认值", "缺省值"),
    ("支持", "可用"),
    ("使用", "用"), ("通过", "经由"), ("例如", "比如"), ("请", ""), ("目前", "现在"),
    ("当前", "目前"), ("注意：", ""),
)  # fmt: skip
"""What is said otherwise in a later version without meaning anything else."""
_CODE = re.compile(r"``([^`\n]+)``|(?<![`:])`([\w.()-]+)`(?!`)|:[a-z:]+:`~?([^`<\n]+)`")
_UNDERLINED = re.compile(r"^(\S.{1,70})\n([=~^\"'#*+-])\2{2,}[ \t]*$", re.MULTILINE)
_SINCE = re.compile(
    r"^[ \t]*(?:\.\. |```\{)version(?:added|changed)(?:::|\}) *[\d.]+.*$", re.MULTILINE
)
_NAME = re.compile(r"[A-Za-z][\w]*(?:[_.-][\w]+)+|\b[A-Z]{2,}[A-Za-z0-9]*\b|\b[a-z]+[A-Z]\w+"
                   r"|(?<=`)[A-Za-z]\w+(?=`)|(?<=[a-z，。、的 ] )[A-Z][a-z]{2,}\w*")  # fmt: skip
_SWITCHES = (
    ("True", "False"), ("true", "false"), ("Enabled", "Disabled"), ("enabled", "disabled"),
    ("on", "off"), ("yes", "no"), ("``None``", "``1``"), ("None", "10"), ("必填", "可选"),
    ("before", "after"), ("optional", "required"), ("supported", "no longer supported"),
    ("String", "Number"), ("Boolean", "String"), ("Array", "Object"), ("string", "number"),
)  # fmt: skip
SIBLINGS = {
    "en": ("Linux", "Windows", "macOS", "Redis", "PostgreSQL", "JPEG", "PNG", "TIFF", "Git",
           "Subversion", "HTTP", "FTP", "Python 2", "PyPy", "the client", "the server"),
    "zh": ("Android", "iOS", "Windows", "Linux", "Redis", "MySQL", "React", "Vue", "服务端",
           "客户端"),
}  # fmt: skip
_AFFIXES = ("max", "min", "connect", "read", "default", "result", "worker", "retry", "cache",
            "file", "image", "event", "global", "local", "start", "initial")  # fmt: skip


def documentation_edits(path: Path, source: str, rng: np.random.Generator) -> Iterator[Row]:
    """Conflicts, agreements and look-alikes of every passage with an answer."""
    rows = read_rows(path)
    names: dict[str, set[str]] = {}
    for row in rows:
        found = names.setdefault(row["package"], set())
        for side in (row["a"], row["b"]):
            found.update(match.group() for match in _NAME.finditer(side["text"]))
    seen: set[str] = set()
    for row in rows:
        for side in (row["a"], row["b"]):
            if side["text"] in seen or side["text"].startswith(">>>"):
                continue
            seen.add(side["text"])
            yield from _of_passage(row, side, sorted(names[row["package"]]), source, rng)


def _of_passage(
    row: dict[str, Any], side: dict[str, Any], names: list[str], source: str,
    rng: np.random.Generator,
) -> Iterator[Row]:  # fmt: skip
    text, question, group = side["text"], row["question"], row["package"]
    place = answer_place(text, question, side.get("answer"))

    def pair(
        edited: str | None, conflict: bool, kind: str, *, asked: bool | None = None
    ) -> Iterator[Row]:
        if edited is None or edited.split() == text.split():
            return
        left, right = (text, edited) if rng.random() < 0.5 else (edited, text)
        for put in (question, None) if asked is None else (question if asked else None,):
            yield Row(source + (", asked" if put else ""), group, left, right, put, conflict, kind)

    if place is not None:
        for _ in range(2):
            said = other_answer(text[place[0] : place[1]], question, names, rng)
            if said is not None:
                changed = text[: place[0]] + said + text[place[1] :]
                yield from pair(restyled(changed, rng), True, "conflict")
        elsewhere = _changed_elsewhere(text, place, question, names, rng)
        if elsewhere is not None:
            yield from pair(restyled(elsewhere, rng), False, "agreement", asked=True)
    yield from pair(restyled(text, rng), False, "agreement")
    yield from pair(restyled(text, rng), False, "agreement")
    yield from pair(about_another(text, question, names, rng), False, "look-alike")


def answer_place(text: str, question: str, answer: str | None) -> tuple[int, int] | None:
    """Where the sentence with the answer stands: the one that quotes it, or asks most."""
    spans = [(span.start, span.end) for span in sentence_spans(text, detect_language(text))]
    spans = [span for span in spans if text[span[0] : span[1]].strip()]
    if not spans:
        return None
    asked = read_frame(read_words(question))
    quoted = [span for span in spans if answer and answer.strip(" .。") in text[span[0] : span[1]]]
    return max(
        quoted or spans,
        key=lambda span: coverage(asked, read_frame(read_words(text[span[0] : span[1]]))),
    )


def other_answer(
    sentence: str, question: str, names: list[str], rng: np.random.Generator
) -> str | None:
    """The sentence with another value, switch, name or list, or the opposite of it.

    What the question names still stands in it, so that it speaks of the same thing.
    """
    asked = _stems(question) & _stems(sentence)
    edits: tuple[Edit, ...] = (
        other_value, other_value, _switched, _switched, opposite,
        lambda text, rng: _other_code(text, names, rng), other_list, other_name,
    )  # fmt: skip
    for k in rng.permutation(len(edits)):
        found = edits[k](sentence, rng)
        if found is not None and found != sentence and asked <= _stems(found):
            return found
    return None


def _stems(text: str) -> set[str]:
    return {word.stem for word in read_words(text)}


def _switched(sentence: str, rng: np.random.Generator) -> str | None:
    for k in rng.permutation(len(_SWITCHES)):
        for one, other in (_SWITCHES[k], _SWITCHES[k][::-1]):
            found = re.sub(rf"(?<![\w-]){re.escape(one)}(?![\w-])", other, sentence, count=1)
            if found != sentence:
                return found
    return None


def _other_code(sentence: str, names: list[str], rng: np.random.Generator) -> str | None:
    inside = [match for match in _NAME.finditer(sentence) if len(match.group()) > 2]
    if not inside:
        return None
    match = inside[rng.integers(len(inside))]
    known = [name for name in names if name not in sentence and name[:1].isupper() ==
             match.group()[:1].isupper()]  # fmt: skip
    other = known[rng.integers(len(known))] if known and rng.random() < 0.6 else _affixed(
        match.group(), rng)  # fmt: skip
    return sentence[: match.start()] + other + sentence[match.end() :]


def _affixed(name: str, rng: np.random.Generator) -> str:
    affix = _AFFIXES[rng.integers(len(_AFFIXES))]
    parts = re.split(r"([_.-])", name)
    if len(parts) < 3:
        return affix + name[:1].upper() + name[1:] if name[:1].islower() else f"{name}2"
    affix = affix.upper() if name.isupper() else affix
    at = 2 * int(rng.integers(0, (len(parts) + 1) // 2))
    if rng.random() < 0.5 and len(parts[at]) > 2:
        parts[at] = affix
        return "".join(parts)
    return "".join([*parts[:at], affix, parts[1], *parts[at:]])


def restyled(text: str, rng: np.random.Generator) -> str:
    """The passage in the form and wording of another version of the same page."""
    for k in rng.permutation(len(_STYLES))[: int(rng.integers(1, 4))]:
        text = _STYLES[k](text, rng)
    return text


def _worded(text: str, rng: np.random.Generator) -> str:
    most = int(rng.integers(1, 4))
    for k in rng.permutation(len(WORDINGS)):
        found = re.sub(*WORDINGS[k], text, count=1)
        most -= found != text
        text = found
        if not most:
            break
    return text


def _as_code(text: str, rng: np.random.Generator) -> str:
    forms = ("``{}``", "`{}`", "{}", ":attr:`{}`", "``{}``", ":py:meth:`~{}`")
    form = forms[rng.integers(len(forms))]
    return _CODE.sub(lambda match: form.format(next(g for g in match.groups() if g)), text)


def _as_heading(text: str, rng: np.random.Generator) -> str:
    forms = ("## {}", "### {}", "{}:", "**{}**", "")
    form = forms[rng.integers(len(forms))]
    return _UNDERLINED.sub(lambda match: form.format(match.group(1)), text).lstrip()


def _rewrapped(text: str, rng: np.random.Generator) -> str:
    if rng.random() < 0.7:
        return re.sub(r"(?<=\w)\n(?=[a-z])", " ", text)
    return re.sub(r"^([ \t]*)\* ", r"\1- ", text, flags=re.MULTILINE)


def _without_since(text: str, rng: np.random.Generator) -> str:
    if _SINCE.search(text) and not text.strip().endswith(("0", "1")):
        return _SINCE.sub("", text)
    return _worded(text, rng)


def _reworded(text: str, rng: np.random.Generator) -> str:
    return reworded(text, rng) or text


_STYLES: tuple[Callable[[str, np.random.Generator], str], ...] = (
    _worded, _worded, _as_code, _as_heading, _rewrapped, _without_since, _reworded,
)  # fmt: skip


def _changed_elsewhere(
    text: str, place: tuple[int, int], question: str, names: list[str], rng: np.random.Generator
) -> str | None:
    """A sentence that the question does not ask for is dropped or says something else."""
    asked = read_frame(read_words(question))
    others = [
        (span.start, span.end) for span in sentence_spans(text, detect_language(text))
        if (span.end <= place[0] or span.start >= place[1])
        and coverage(asked, read_frame(read_words(text[span.start : span.end]))) < 0.25
        and len(text[span.start : span.end].strip()) > 12
    ]  # fmt: skip
    if not others:
        return None
    start, end = others[rng.integers(len(others))]
    said = other_answer(text[start:end], "", names, rng) if rng.random() < 0.6 else ""
    return text[:start] + (said or "") + text[end:]


def about_another(
    text: str, question: str, names: list[str], rng: np.random.Generator
) -> str | None:
    """The passage about another name than the question's, and with something else said of it."""
    low = question.lower()
    asked = [m.group() for m in _NAME.finditer(text) if m.group().lower() in low]
    if not asked:
        return None
    name = max(set(asked), key=lambda each: (len(each), each))
    stem = re.split(r"[_.-]", name)[0]
    near = [n for n in names if n not in text and n != name and n.lower() not in low
            and (n.startswith(stem) or n.isupper() == name.isupper())]  # fmt: skip
    draw = rng.random()
    if re.search(r"[_.-]|[a-z][A-Z]", name):
        other = near[rng.integers(len(near))] if near and draw < 0.5 else _affixed(name, rng)
    else:
        known = [n for n in SIBLINGS[detect_language(text)] if n.lower() not in low]
        other = known[rng.integers(len(known))]
    if other.lower() in low:
        return None
    moved = re.sub(rf"(?<![\w]){re.escape(name)}(?![\w])", lambda _: other, text)
    place = answer_place(moved, question, None)
    if place is not None:
        said = other_answer(moved[place[0] : place[1]].replace(other, "\0"), "", names, rng)
        if said is not None:
            moved = moved[: place[0]] + said.replace("\0", other) + moved[place[1] :]
    return restyled(moved, rng) if rng.random() < 0.6 else moved
