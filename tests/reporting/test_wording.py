from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import ragcheck.reporting
from ragcheck.experiment.interventions import INTERVENTIONS
from ragcheck.records.evidence import DEFECT_KINDS
from ragcheck.records.results import ATTRIBUTION_VERDICTS, CONTRAST_VERDICTS, SEVERITIES
from ragcheck.reporting.views import CURVE_MEASURES, SHARES
from ragcheck.reporting.wording import LANGUAGES, WORDS, known_language, say, translate

FOLDER = Path(ragcheck.reporting.__file__).parent


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("key", sorted(WORDS))
def test_every_text_is_there_in_every_language_with_the_same_placeholders(key):
    texts = WORDS[key]
    assert set(texts) == set(LANGUAGES)
    assert all(text.strip() for text in texts.values())
    assert len({frozenset(placeholders(text)) for text in texts.values()}) == 1


def test_chinese_texts_are_chinese():
    same = {key for key, texts in WORDS.items() if texts["en"] == texts["zh"]}
    assert same == {"p_value"}


def test_every_term_of_the_records_has_words():
    wanted = [f"verdict.{name}" for name in ATTRIBUTION_VERDICTS]
    wanted += [f"severity.{name}" for name in SEVERITIES]
    wanted += [f"defect.{name}" for name in DEFECT_KINDS]
    wanted += [f"measure.{name}" for name in CURVE_MEASURES]
    wanted += [f"share.{name}" for name in SHARES]
    wanted += [f"answer.{name}" for name in ("yes", "no", "not measured")]
    wanted += [f"triage.{n}" for n in ("stop tuning parameters", "keep tuning", "inconclusive")]
    wanted += [f"contrast.{name}" for name in CONTRAST_VERDICTS]
    wanted += [f"intervention.{name}" for name in INTERVENTIONS]
    assert [key for key in wanted if key not in WORDS] == []


def test_every_text_is_used_and_every_used_text_is_there():
    sources = [*FOLDER.glob("*.py"), *(FOLDER / "templates").glob("*.j2")]
    code = "\n".join(
        path.read_text("utf-8")
        for path in sources
        if path.name not in ("wording.py", "terminal.py")
    )
    direct = set(re.findall(r"""\bt\(\s*["']([\w. ]+)["']\s*[,)]""", code))
    direct |= set(re.findall(r"""\bsay\([^"'()]*["']([\w. ]+)["']""", code))
    assert direct - set(WORDS) == set()
    unused = {k for k in WORDS if "." not in k and not re.search(rf"""["']{k}["']""", code)}
    assert unused - {f"s_{name}" for name in ("curves", "strategies", "config")} == set()


def test_unknown_languages_fall_back_to_english_and_unknown_terms_to_themselves():
    assert known_language("fr") == "en"
    assert say("fr", "none") == "none"
    assert translate("zh", "defect", "brand_new") == "brand new"


def test_placeholders_are_filled_once():
    assert say("en", "needed", needed="{units}") == "What would settle it: {units}"
