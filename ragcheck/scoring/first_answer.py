"""The part of a completion that is the answer: a small base model goes on writing after it."""

from __future__ import annotations

import re

_LEAD = re.compile(
    r"^(?:(?:final |short )?answer|a|response|回答|答案|答)"
    r"(?: ?[:：]| is:| is(?= )|是[:：]?|为[:：]?)\s*",
    re.IGNORECASE,
)
_NEXT_TURN = re.compile(
    r"(?:^|[\s。.])(?:question|context|passage|document|q|a|answer|问题|资料|问|答)\s?[:：]"
    r"|<\|?/?[a-z_]{1,20}\|?>|\[/?inst\]|#{3,}",
    re.IGNORECASE,
)
_WRAPPING = " \t\r\n\"'`*_“”‘’「」"
_THINKING = re.compile(r"<think>.{0,100000}?</think>", re.DOTALL)


def first_answer(completion: str) -> str:
    """The answer inside a completion.

    Rules, in order: reasoning between ``<think>`` tags goes; the first line that is not empty is
    the answer; a lead such as ``Answer:`` or 答： goes; the text ends where the model starts the
    next question, passage or turn; quotes and emphasis around it go.
    """
    text = _THINKING.sub("", completion)
    for line in text.splitlines():
        bare = _LEAD.sub("", line.strip(_WRAPPING), count=1)
        following = _NEXT_TURN.search(bare)
        if following is not None:
            bare = bare[: following.start()]
        bare = bare.strip(_WRAPPING)
        if bare or following is not None:
            return bare
    return ""
