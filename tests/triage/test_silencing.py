from __future__ import annotations

import pytest

from ragcheck.errors import ConfigError
from ragcheck.records.corpus import Document, Span
from ragcheck.records.results import Finding, Quote
from ragcheck.triage.gates import gate_findings
from ragcheck.triage.silencing import matches, read_silences, silence


def finding(path: str, line: int, *, rule: str = "RC402", other: str | None = None) -> Finding:
    def quote(where: str) -> Quote:
        text = "\n" * (line - 1) + "It must be sent back."
        return Quote(Document(where, text).place(Span(line - 1, line + 3)), "It must be sent back.")

    related = quote(other) if other else None
    return Finding(rule, "error", "m", quote(path), related, "mend", 0.5, f"print-{path}-{line}")


@pytest.mark.parametrize(
    ("glob", "path", "expected"),
    [
        ("docs/old/**", "docs/old/a.md", True),
        ("docs/old/**", "docs/old/deep/er/a.md", True),
        ("docs/old/**", "docs/older/a.md", False),
        ("**/a.md", "a.md", True),
        ("**/a.md", "x/y/a.md", True),
        ("**/a.md", "x/ba.md", False),
        ("*.md", "a.md", True),
        ("*.md", "x/a.md", False),
        ("x/?.md", "x/a.md", True),
        ("x/?.md", "x/ab.md", False),
        ("x/?.md", "x//.md", False),
        ("规则/*.md", "规则/退货.md", True),
        ("a.md", "a.md.txt", False),
        ("a+(b).md", "a+(b).md", True),
    ],
)
def test_globs(glob, path, expected):
    assert matches(glob, path) is expected


def test_a_glob_of_many_stars_ends():
    assert not matches("*a" * 200 + "b", "a" * 300)


def test_an_entry_covers_its_rule_in_its_documents_alone():
    entries = read_silences(["RC402:old/**"])
    given = [finding("old/a.md", 3), finding("new/a.md", 3), finding("old/a.md", 3, rule="RC401")]
    assert [f.silenced for f in silence(given, entries, ())] == [True, False, False]


def test_either_side_of_a_conflict_is_enough():
    entries = read_silences(["RC401:old/**"])
    (found,) = silence([finding("new/a.md", 2, rule="RC401", other="old/b.md")], entries, ())
    assert found.silenced
    assert found.silenced_by == "configuration"


def test_one_finding_by_its_fingerprint():
    given = [finding("a.md", 1), finding("b.md", 1)]
    found = silence(given, read_silences(["RC402@print-b.md-1"]), ())
    assert [f.silenced for f in found] == [False, True]


@pytest.mark.parametrize(
    ("entry", "told"),
    [("RC999:a.md", "RC"), ("RC402", "cannot read"), ("RC402:", "cannot read"), ("", "cannot")],
)
def test_an_entry_that_says_nothing_is_refused(entry, told):
    with pytest.raises(ConfigError) as problem:
        read_silences([entry])
    assert told in str(problem.value)
    assert problem.value.mend


TEXT = """Title

<!-- ragcheck: ignore RC402, RC401 -->
It must be sent back
within 14 days.

It must be sent back.
"""


@pytest.mark.parametrize(
    ("rule", "line", "silenced"),
    [
        ("RC402", 4, True),
        ("RC401", 5, True),
        ("RC402", 7, False),
        ("RC403", 4, False),
        ("RC402", 1, False),
    ],
)
def test_a_comment_silences_the_block_below_it(rule, line, silenced):
    (found,) = silence([finding("a.md", line, rule=rule)], (), [Document("a.md", TEXT)])
    assert found.silenced is silenced
    assert found.silenced_by == ("comment" if silenced else "")


def test_a_comment_of_restructured_text():
    text = ".. ragcheck: ignore RC402\nIt must be sent back.\n"
    (found,) = silence([finding("a.rst", 2)], (), [Document("a.rst", text)])
    assert found.silenced


@pytest.mark.parametrize(
    "line",
    [
        "Write <!-- ragcheck: ignore RC402 --> on the line above.",
        "<!-- ragcheck: ignore -->",
        "<!-- ragcheck: ignore everything -->",
    ],
)
def test_what_only_looks_like_a_comment_silences_nothing(line):
    document = Document("a.md", f"{line}\nIt must be sent back.\n")
    (found,) = silence([finding("a.md", 2)], (), [document])
    assert not found.silenced


def test_text_that_was_read_out_of_another_format_has_no_comments():
    text = "<!-- ragcheck: ignore RC402 -->\nIt must be sent back.\n"
    document = Document("a.html", text, source_lines=(1, 2, 3))
    assert not silence([finding("a.html", 2)], (), [document])[0].silenced


def test_a_silenced_finding_fails_no_gate():
    (found,) = silence([finding("a.md", 1)], read_silences(["RC402:a.md"]), ())
    assert gate_findings((found,), "error", "en").outcome == "passed"
    assert gate_findings((finding("a.md", 1),), "error", "en").outcome == "failed"


def test_a_megabyte_on_one_line_is_read_once():
    document = Document("a.md", "<!-- ragcheck: ignore " + "RC402, " * 150_000)
    assert not silence([finding("a.md", 1)], (), [document])[0].silenced
