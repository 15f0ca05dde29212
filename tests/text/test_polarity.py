from __future__ import annotations

import pytest

from ragcheck.text.language import LANGUAGES
from ragcheck.text.polarity import CUES, NO_CUES, OPPOSED, cue_kinds, find_cues


@pytest.mark.parametrize("kind", CUES)
def test_every_class_has_entries_in_every_language(kind):
    assert all(len(CUES[kind].get(language, ())) >= 3 for language in LANGUAGES)


def test_every_language_has_words_that_are_no_cues():
    assert set(NO_CUES) == set(LANGUAGES)


def test_opposed_classes_exist():
    assert all(pair <= set(CUES) for pair in OPPOSED)


@pytest.mark.parametrize(
    ("english", "chinese", "kind"),
    [
        ("You must ask.", "应当申请。", "obligation"),
        ("You must not ask.", "不得申请。", "prohibition"),
        ("You may ask.", "可以申请。", "permission"),
        ("You may not ask.", "禁止申请。", "prohibition"),
        ("Asking is not required.", "无需申请。", "exemption"),
        ("It never expires.", "从未过期。", "negation"),
        ("It is enabled.", "已启用。", "on"),
        ("It is disabled.", "已禁用。", "off"),
        ("This replaces the rule.", "该规定废止。", "supersession"),
    ],
)
def test_classes_are_the_same_in_both_languages(english, chinese, kind):
    assert cue_kinds(english) == cue_kinds(chinese) == {kind}


def test_look_alikes_are_no_cues():
    assert cue_kinds("not only that, whether or not") == frozenset()
    assert cue_kinds("不仅如此，无论功能、响应与未来") == frozenset()


def test_spans_hold_the_words():
    text = "You must not wait, but may call."
    assert [text[c.span.start : c.span.end] for c in find_cues(text)] == ["must not", "may"]
