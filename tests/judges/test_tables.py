from __future__ import annotations

from ragcheck.judges.explanations import CAUSES, SCOPE_REASONS, TEMPLATES, explain
from ragcheck.judges.scope_words import SCOPE_WORDS, scope_marks
from ragcheck.records.evidence import RELATIONS
from ragcheck.text.language import LANGUAGES


def test_every_relation_is_explained_in_every_language():
    assert set(TEMPLATES) == set(RELATIONS)
    assert all(set(table) == set(LANGUAGES) for table in TEMPLATES.values())


def test_every_scope_has_a_reason_and_a_cause():
    assert set(CAUSES) == set(SCOPE_REASONS)
    assert all(set(table) == set(LANGUAGES) for table in SCOPE_REASONS.values())
    assert set(SCOPE_WORDS) <= set(SCOPE_REASONS)


def test_scope_words_cover_every_language():
    for languages in SCOPE_WORDS.values():
        assert set(languages) == set(LANGUAGES)
        assert all(len(scopes) >= 8 for scopes in languages.values())


def test_marks_are_canonical():
    assert scope_marks("customers in the United Kingdom") == scope_marks("UK customers")
    assert scope_marks("tell us") == {}
    assert scope_marks("上海与香港")["region"] == {"上海", "香港"}


def test_long_values_are_cut():
    assert "…" in explain("conflict", "en", ("x" * 200, "y"))
