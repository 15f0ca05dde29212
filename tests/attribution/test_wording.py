"""English and Chinese say the same, and nothing else is said."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

import numpy as np
import pandas as pd
import pytest

import ragcheck.attribution
from ragcheck.attribution import attribute
from ragcheck.attribution.variance import COMPONENTS
from ragcheck.attribution.wording import LANGUAGES, PHRASES, join, phrase, say, word
from ragcheck.errors import TableError
from ragcheck.records.results import Attribution

ROOM = Path(ragcheck.attribution.__file__).parent


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_both_languages_have_the_same_phrases_with_the_same_placeholders() -> None:
    assert set(PHRASES) == set(LANGUAGES)
    assert PHRASES["en"].keys() == PHRASES["zh"].keys()
    for key, english in PHRASES["en"].items():
        assert placeholders(english) == placeholders(PHRASES["zh"][key]), key


def test_every_chinese_phrase_is_chinese_and_no_english_one_is() -> None:
    for key, english in PHRASES["en"].items():
        chinese = re.sub(r"\{[^}]*\}|Holm", "", PHRASES["zh"][key])
        assert re.search("[一-鿿，；：（）]", chinese), key
        assert re.findall("[a-z]{2,}", chinese) == [], key
        assert english.isascii(), key


def _calls() -> list[ast.Call]:
    trees = [ast.parse(path.read_text("utf-8")) for path in sorted(ROOM.glob("*.py"))]
    return [
        node
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("phrase", "say")
    ]


def test_every_phrase_is_used_with_its_placeholders() -> None:
    used = {"comma", "semicolon", "and", *COMPONENTS}
    used |= {"noise_replicates", "noise_interaction_residual", "noise_unit_residual"}
    for call in _calls():
        keys = [a.value for a in call.args if isinstance(a, ast.Constant)]
        if len(keys) == 1:
            given = {keyword.arg for keyword in call.keywords}
            assert placeholders(PHRASES["en"][str(keys[0])]) == given, keys[0]
            used.add(str(keys[0]))
    assert used == PHRASES["en"].keys()


def test_phrases_within_phrases_are_worded_in_the_same_language() -> None:
    sides = join("and", [phrase("evidence"), phrase("generation")])
    assert word("en", sides) == "evidence and generation"
    assert word("zh", sides) == "证据和生成"
    assert say("zh", "not_varied", side=phrase("generation")) == "没有变动任何生成因素"
    assert word("en", join("comma", [phrase("noise")])) == "noise"


def trials(units: int = 30, *, effect: float = 0.7, replicates: int = 2) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    rows = [
        {"q": u, "k": e, "t": g, "top_p": 1, "rep": r, "x": float(e), "same": 1.0,
         "y": effect * e + rng.normal()}
        for u in range(units) for e in (0, 1) for g in (0, 1) for r in range(replicates)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def sentences(found: Attribution) -> list[str]:
    estimates = [*found.shares.values(), *found.properties.values()]
    estimates += [contrast.difference for contrast in found.contrasts]
    told = [found.reason, found.method, *found.warnings]
    told += [estimate.reason for estimate in estimates if estimate.reason]
    return [*told, found.needed] if found.needed else told


def numbers(found: Attribution) -> list[object]:
    estimates = [*found.shares.values(), *found.properties.values()]
    estimates += [contrast.difference for contrast in found.contrasts]
    ends = [(e.value, e.low, e.high, e.n) for e in estimates]
    return [found.verdict, found.units, found.trials, found.smallest_effect, *ends]


CASES = {
    "evidence": trials(effect=2.0),
    "both sides absent within units": trials()[lambda f: (f.q % 2 == f.k) & (f.q % 3 == f.t)],
    "too few units": trials(3),
    "one unit": trials(1),
    "no noise": trials(effect=0.4, replicates=1).assign(rep=0),
    "open": trials(effect=0.3),
    "constant response": trials().assign(y=1.0),
    "fixed within units": trials().assign(y=lambda f: f.q % 5),
    "constant side": trials().assign(t=0),
    "holes": trials().assign(
        y=lambda f: f.y.where(f.index % 7 != 0), k=lambda f: f.k.where(f.q > 0)
    ),
    "star": trials()[lambda f: f.k + f.t < 2],
    "repeats": pd.concat([trials(), trials().iloc[:3]]),
    "lonely cells": trials()[lambda f: (f.rep == 0) | (f.k == 0)].iloc[:-3],
}


@pytest.mark.parametrize("case", CASES)
def test_every_sentence_is_in_the_language_and_every_number_is_the_same(case: str) -> None:
    def run(language: str) -> Attribution:
        return attribute(
            CASES[case], response="y", unit="q", evidence=["k"], generation=["t", "top_p"],
            replicate="rep", properties=["x", "same"], language=language,
        )  # fmt: skip

    english, chinese = run("en"), run("zh")
    assert numbers(english) == numbers(chinese)
    pairs = list(zip(sentences(english), sentences(chinese), strict=True))
    assert len(pairs) >= 3
    for one, other in pairs:
        assert one.isascii(), one
        names = re.sub(r"'[^']*'", "", other)
        assert re.search("[一-鿿]", names), other
        assert re.findall("[A-Za-z]{2,}", names.replace("Holm", "")) == [], other


def test_an_unknown_language_is_told_with_those_there_are() -> None:
    with pytest.raises(TableError) as told:
        attribute(trials(), response="y", unit="q", evidence=["k"], generation=["t"], language="fr")
    assert "'fr'" in told.value.what
    assert told.value.mend == "use one of en, zh"
