"""A comparison of two states as plain text for 80 columns, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from ragcheck.records.comparing import SETTING_ROLES, StateComparison
from ragcheck.reporting.compare_sentences import (
    answer_lines,
    change_lines,
    change_title,
    changed,
    counts,
    passage_lines,
    setting_line,
    side_lines,
    side_verdict,
    verdict,
)
from ragcheck.reporting.compare_wording import tell
from ragcheck.reporting.markdown import prose
from ragcheck.reporting.plain import wrapped
from ragcheck.text.display import one_line

LONGEST = 400


def comparison_text(found: StateComparison, shown: int) -> str:
    """Text of at most 80 columns, with the ``shown`` questions that lost most."""
    return "\n".join(_text_lines(found, shown)) + "\n"


def comparison_markdown(found: StateComparison, shown: int) -> str:
    """GitHub-flavoured Markdown; no text of a document or an answer can make markup of its own."""
    blocks = [f"# {prose(_title(found), LONGEST)}", prose(counts(found), LONGEST)]
    blocks += [_heading(found, "q_answers"), f"**{prose(verdict(found), LONGEST)}**"]
    blocks.append(_bullets(answer_lines(found)))
    blocks += [
        f"## {tell(found.language, 'q_sides')}",
        f"**{prose(side_verdict(found), LONGEST)}**",
    ]
    blocks += [_bullets(side_lines(found)), _bullets(_settings(found))]
    blocks.append(f"## {_questions_title(found, shown)}")
    for change in changed(found)[:shown]:
        lines = [*change_lines(found, change), *passage_lines(found, change)]
        blocks += [f"### {prose(change_title(found, change), LONGEST)}", _bullets(lines)]
    blocks += [prose(tell(found.language, "warning", text=t), LONGEST) for t in found.warnings]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _text_lines(found: StateComparison, shown: int) -> Iterator[str]:
    language = found.language
    yield from wrapped(_title(found))
    yield from wrapped(counts(found))
    yield tell(language, "q_answers")
    yield from wrapped(verdict(found), indent=3)
    for line in answer_lines(found):
        yield from wrapped(line, indent=3)
    yield tell(language, "q_sides")
    yield from wrapped(side_verdict(found), indent=3)
    for line in side_lines(found):
        yield from wrapped(line, indent=3)
    yield "   " + tell(language, "differs")
    for line in _settings(found):
        yield from wrapped(line, indent=5)
    yield from wrapped(_questions_title(found, shown))
    for change in changed(found)[:shown]:
        yield from wrapped(change_title(found, change), indent=3)
        for line in change_lines(found, change):
            yield from wrapped(line, indent=5)
        for line in passage_lines(found, change):
            yield from wrapped(line, indent=7)
    hidden = len(changed(found)) - shown
    if hidden > 0:
        yield "   " + tell(language, "more", count=hidden)
    for text in found.warnings:
        yield from wrapped(tell(language, "warning", text=one_line(text, LONGEST)))


def _heading(found: StateComparison, key: str) -> str:
    return f"## {tell(found.language, key)}"


def _title(found: StateComparison) -> str:
    before, after = (one_line(name, 120) for name in (found.before_name, found.after_name))
    return tell(found.language, "title", before=before, after=after)


def _questions_title(found: StateComparison, shown: int) -> str:
    total = len(changed(found))
    return tell(found.language, "q_questions", shown=min(shown, total), total=total)


def _settings(found: StateComparison) -> Iterator[str]:
    """What differs, a line a setting, by role; a line that says so where nothing does."""
    if not found.differences:
        yield tell(found.language, "nothing_differs")
    for role in SETTING_ROLES:
        for difference in found.differences:
            if difference.role == role:
                name = tell(found.language, f"role.{role}")
                yield f"{name}: {setting_line(found, difference)}"


def _bullets(lines: Iterator[str] | list[str]) -> str:
    told = (prose(line, LONGEST) for line in lines)
    # A sign at the start of an item would begin a list inside of it.
    return "\n".join(f"- \\{line}" if line[:1] in ("+", "-") else f"- {line}" for line in told)
