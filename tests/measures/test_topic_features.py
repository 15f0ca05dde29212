"""What a text names: the same questions in each language."""

from __future__ import annotations

import re

import numpy as np
import pytest

from ragcheck.measures.defects.reading import Reading
from ragcheck.measures.topic_features import (
    _TOPIC_RULES,
    TOPIC_FEATURES,
    any_of,
    topic_features,
    topic_languages,
)


def found(text: str, language: str, lead: str = "") -> dict[str, float]:
    values = topic_features(Reading(text, language, lead=lead))
    return dict(zip(TOPIC_FEATURES, values.tolist(), strict=True))


def test_each_language_answers_each_question() -> None:
    assert set(topic_languages()) == {"en", "zh"}
    for rules in _TOPIC_RULES.values():
        for name in ("speaker", "rule", "party", "addressed", "pronoun", "dated", "sentence_end"):
            assert getattr(rules, name)


CASES = {
    "speaker": ("We raised our prices.", "本公司上调了价格。"),
    "rule": ("You may copy the Program under this License.", "违反本协议的，应当赔偿。"),
    "party": ("Kestrel Instruments Inc makes probes.", "青禾健康科技有限公司生产血压计。"),
    "addressed": ("Your parcel is late.", "您的包裹迟到了。"),
    "lead_pronoun": ("It was closed in May.", "它于五月关闭。"),
    "starts_with_pronoun": ("They agreed at once.", "他们马上同意了。"),
    "dated": ("The bridge opened in 1931.", "大桥于1931年通车。"),
    "starts_inside": (", and the rest is kept.", "，其余部分予以保留。"),
    "finished": ("The bridge is open.", "大桥已经通车。"),
    "bullet": ("- the second key", "- 第二把钥匙"),
    "titled": ("# Keys\nThere are two.", "# 钥匙\n共有两把。"),
    "ends_in_colon": ("Take the following steps:", "请按以下步骤操作："),
    "quotes": ('He said "no" twice.', "他说了两次“不行”。"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_same_question_is_answered_in_each_language(name: str) -> None:
    plain = {"en": "Osprey probes measure turbidity", "zh": "鱼鹰探头测量浊度"}
    for language, text in zip(("en", "zh"), CASES[name], strict=True):
        assert found(text, language)[name] > 0, (language, text)
        assert found(plain[language], language)[name] == 0, language


WORDS = "we|our|the company|they|this|it|its"


@pytest.mark.parametrize(
    "text",
    [
        "we and our friends saw the company; this is it.",
        "the company's towel, its unit, _we, we_ and the companys of ours: this7 7this",
        "İt was it, they said; themselves... wethey we",
        "",
    ],
)
def test_words_are_found_where_word_boundaries_are(text: str) -> None:
    expected = re.compile(rf"\b(?:{WORDS})\b").findall(text)
    assert re.compile(any_of(*WORDS.split("|"))).findall(text) == expected


def test_names_count_without_capitals() -> None:
    named = found("entergy issued notes to nypa with a term of seven years", "en")
    unnamed = found("the company issued notes to them with a term of seven years", "en")
    assert named["no_term"] == 0.0
    assert named["term_kinds"] > unnamed["term_kinds"]
    assert unnamed["speaker_without_name"] == 1.0
    assert named["named_without_speaker"] == 1.0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_lead_counts_as_there(language: str) -> None:
    text, lead = {
        "en": ("It starts at once.", "Osprey > Zeltbach mode"),
        "zh": ("它会马上开始。", "《鱼鹰手册》"),
    }[language]
    assert found(text, language)["no_term"] == 1.0
    assert found(text, language, lead)["no_term"] == 0.0


@pytest.mark.parametrize("text", ["a" * 200_000, "的" * 200_000, "“" * 100_000, "A " * 100_000])
def test_values_stay_between_zero_and_one(text: str) -> None:
    for language in ("en", "zh"):
        values = topic_features(Reading(text, language))
        assert np.isfinite(values).all()
        assert ((values >= 0) & (values <= 1)).all()
