"""Prompts that read an answer out of numbered passages and may say that it is not there.

A completion prompt is laid out so that an engine with a prefix cache pays for a context once::

    [worked examples, the same for every template]   language
    [1] first passage                                 evidence, in rank order
    [2] second passage
    [the template's rule]                             template
    Question: ...
    Answer:

The prompt for the best two passages is, up to its rule, the beginning of the prompt for the best
eight. Documents are data: a passage is one line that begins with its number, so that no text
inside it can end the passages or ask a question of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from ragcheck.errors import ConfigError

MESSAGE_SEPARATOR = "\x1e"
"""Stands between the system and the user message in the text of a chat prompt."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The fixed words of one language."""

    task: str
    examples: str
    passages: str
    question: str
    answer: str
    unknown: str
    stop: tuple[str, ...]
    chat_form: str

    @property
    def header(self) -> str:
        """What every completion prompt begins with; the task allows an unknown answer."""
        return f"{self.task}\n\n{self.examples}"


WORDINGS: Mapping[str, Wording] = MappingProxyType(
    {
        "en": Wording(
            task=(
                "Read the passages and answer the question. "
                "If the passages do not answer it, say unknown."
            ),
            examples=(
                "[1] The Alder lighthouse was built in 1911 and is 38 metres high.\n"
                "[2] Visitors may climb it from May to September.\n"
                "Question: How high is the Alder lighthouse?\n"
                "Answer: 38 metres\n\n"
                "[1] The ferry to Sorel leaves from pier 4 and carries bicycles.\n"
                "Question: Who is the captain of the ferry to Sorel?\n"
                "Answer: unknown\n\n"
                "[1] The town choir sings on Tuesdays in the old mill. "
                "Its director is Mara Lindqvist.\n"
                "Question: Who is the director of the town choir?\n"
                "Answer: Mara Lindqvist\n\n"
                "[1] Tickets for the Brandt museum 2017 were sold at the gate.\n"
                "Question: When did the Brandt museum open in 2019?\n"
                "Answer: unknown\n\n"
            ),
            passages="Passages:",
            question="Question: ",
            answer="Answer:",
            unknown="unknown",
            stop=("\n",),
            chat_form="Give the answer alone, in a few words, without a sentence around it.",
        ),
        "zh": Wording(
            task="根据资料回答问题。如果资料没有回答，就说不知道。",
            examples=(
                "[1] 白杨灯塔建于1911年，高38米。\n"
                "[2] 每年五月至九月，游客可以登塔。\n"
                "问题：白杨灯塔有多高？\n"
                "答案：38米\n\n"
                "[1] 开往索岛的渡轮从四号码头出发，可以携带自行车。\n"
                "问题：开往索岛的渡轮的船长是谁？\n"
                "答案：不知道\n\n"
                "[1] 镇合唱团每周二在老磨坊排练。合唱团的指挥是林梅。\n"
                "问题：镇合唱团的指挥是谁？\n"
                "答案：林梅\n\n"
                "[1] 2017年布兰特博物馆的门票在门口出售。\n"
                "问题：布兰特博物馆2019年什么时候开门？\n"
                "答案：不知道\n\n"
            ),
            passages="资料：",
            question="问题：",
            answer="答案：",
            unknown="不知道",
            stop=("\n",),
            chat_form="只给出答案本身，用几个字，不要写成完整的句子。",
        ),
    }
)

PROMPTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "plain": MappingProxyType(
            {"en": "Answer the question in a few words.", "zh": "用几个字回答问题。"}
        ),
        "cautious": MappingProxyType(
            {
                "en": "Say unknown unless the passages above answer the question.",
                "zh": "上面的资料没有回答问题时，只能说不知道。",
            }
        ),
    }
)
"""The rule of each template, by language."""

_CONTROL = dict.fromkeys(
    code for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n\v\f\r\x85"
)
_ENGINE_TOKEN = re.compile(
    r"<(?=/?[A-Za-z]{1,16}(?:_[A-Za-z]{1,16}){0,3}\d{0,4}>)|<(?=\|)|\[(?=/?INST\]|multimodal\])"
)


def build_prompt(question: str, passages: Sequence[str], *, template: str, language: str) -> str:
    """The completion prompt for a question and its passages, in the order given.

    Raises:
        ConfigError: there is no such template or language.
    """
    wording, rule = _wording(template, language)
    numbered = "".join(
        f"[{number}] {one_line(passage)}\n" for number, passage in enumerate(passages, start=1)
    )
    return (
        f"{wording.header}{numbered}{rule}\n"
        f"{wording.question}{one_line(question)}\n{wording.answer}"
    )


def build_messages(
    question: str, passages: Sequence[str], *, template: str, language: str
) -> tuple[str, str]:
    """System and user message for a chat model; lines inside a passage are kept, indented.

    Raises:
        ConfigError: there is no such template or language.
    """
    wording, rule = _wording(template, language)
    numbered = "\n".join(
        f"[{number}] {_indented(passage)}" for number, passage in enumerate(passages, start=1)
    )
    system = f"{wording.task}\n{rule}\n{wording.chat_form}"
    return system, f"{wording.passages}\n{numbered}\n\n{wording.question}{one_line(question)}"


def build_chat_prompt(
    question: str, passages: Sequence[str], *, template: str, language: str
) -> str:
    """:func:`build_messages` as one text, which :func:`split_messages` takes apart again."""
    messages = build_messages(question, passages, template=template, language=language)
    return MESSAGE_SEPARATOR.join(messages)


def split_messages(prompt: str) -> tuple[str | None, str]:
    """System message, or ``None`` where the prompt has none, and user message."""
    system, separator, user = prompt.partition(MESSAGE_SEPARATOR)
    return (system, user) if separator else (None, prompt)


def stop_sequences(language: str) -> tuple[str, ...]:
    """Texts that end an answer.

    Raises:
        ConfigError: there is no such language.
    """
    return _wording("plain", language)[0].stop


def header(language: str) -> str:
    """What every completion prompt of a language begins with.

    Raises:
        ConfigError: there is no such language.
    """
    return _wording("plain", language)[0].header


def segments(prompt: str) -> tuple[str, ...]:
    """The prompt cut after its header and after passages 1, 2, 4, 8, ...; then comes the rest.

    The cuts depend on the prompt alone, so that prompts over the same ranking share them. A text
    that :func:`build_prompt` did not make is one segment.
    """
    headers = (wording.header for wording in WORDINGS.values())
    begun = next((header for header in headers if prompt.startswith(header)), None)
    if begun is None:
        return (prompt,)
    parts, start, end, number = [begun], len(begun), len(begun), 1
    while prompt.startswith(f"[{number}] ", end):
        line_end = prompt.find("\n", end) + 1
        if line_end == 0:
            break
        end = line_end
        if number & (number - 1) == 0:
            parts.append(prompt[start:end])
            start = end
        number += 1
    return (*parts, prompt[start:])


def one_line(text: str) -> str:
    """The text as a single line without control characters or an engine's own markers."""
    return _ENGINE_TOKEN.sub(lambda found: f"{found.group()} ", " ".join(_printable(text).split()))


def _indented(text: str) -> str:
    lines = [
        _ENGINE_TOKEN.sub(lambda found: f"{found.group()} ", line).rstrip()
        for line in _printable(text).splitlines()
    ]
    return "\n    ".join(line for line in lines if line.strip())


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8").translate(_CONTROL)


def _wording(template: str, language: str) -> tuple[Wording, str]:
    if template not in PROMPTS:
        raise ConfigError(
            f"there is no prompt template called {template!r}", mend=f"known: {', '.join(PROMPTS)}"
        )
    if language not in WORDINGS:
        raise ConfigError(
            f"there are no prompts in the language {language!r}",
            mend=f"known: {', '.join(WORDINGS)}",
        )
    return WORDINGS[language], PROMPTS[template][language]
