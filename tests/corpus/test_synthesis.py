import re

import numpy as np
import pytest

from ragcheck.corpus import facts, synthesis, wording
from ragcheck.corpus.facts import find_facts
from ragcheck.corpus.synthesis import make_questions
from ragcheck.records.corpus import Corpus, Document, Question
from ragcheck.text.language import LANGUAGES

RETURNS = """# Returns policy 2024

Effective from 1 March 2024 for all regions.

## Deadlines

Customers may return goods within 30 days of delivery. It is free of charge for everyone.
The restocking fee for opened instruments is 15% of the net price.

| Region | Deadline | Fee |
| --- | --- | --- |
| Japan | 14 days | none |
| Canada | 21 days | $18 |

```
timeout = 30  # seconds
name = "x"
```
"""
OLD = """# Returns policy 2021

Customers may return goods within 14 days of delivery.
"""
REFUNDS = """# 退款政策

## 时限

顾客自签收商品次日起15天内可以申请无理由退货。退款在审核通过后3个工作日内原路返回。
超过时限的，平台扣除商品价格的百分之十作为整理费用。

| 商品 | 期限 | 运费 |
| --- | --- | --- |
| 血压计 | 30天 | 12元 |
"""


def questions(*documents: Document, limit: int = 50, seed: int = 3) -> tuple[Question, ...]:
    corpus = Corpus("c", documents)
    return make_questions(corpus, limit=limit, rng=np.random.default_rng(seed)).questions


ENGLISH = Document("a.md", RETURNS)
CHINESE = Document("zh.md", REFUNDS)


@pytest.mark.parametrize("document", [ENGLISH, CHINESE], ids=LANGUAGES)
def test_the_gold_span_holds_the_answer_and_the_question_hides_it(document: Document) -> None:
    made = questions(document)
    assert len(made) >= 4
    for question in made:
        (gold,) = question.evidence
        assert document.text[gold.span.start : gold.span.end] == gold.quote
        assert question.answers[0] in gold.quote
        assert facts.BLANK in question.text
        assert question.answers[0] not in re.split('“|"', question.text, maxsplit=1)[-1]
        assert question.synthetic and question.tags[0] == "synthetic"


def test_an_english_sentence_becomes_an_english_cloze() -> None:
    texts = {question.answers[0]: question.text for question in questions(ENGLISH)}
    assert "within ____ of delivery" in texts["30 days"]
    assert texts["30 days"].startswith("Complete with the exact value")
    assert '"Returns policy 2024 > Deadlines"' in texts["30 days"]


def test_a_chinese_sentence_becomes_a_chinese_cloze() -> None:
    texts = {question.answers[0]: question.text for question in questions(CHINESE)}
    assert "次日起____内可以申请" in texts["15天"]
    assert texts["15天"].startswith("请根据文件中“退款政策 > 时限”部分补全")
    percent = next(q for q in questions(CHINESE) if q.answers[0] == "百分之十")
    assert "10%" in percent.answers


def test_tables_and_settings_are_facts() -> None:
    stated = {fact.statement: fact.answers[0] for fact in find_facts(ENGLISH)}
    assert stated["Region: Canada; Deadline: ____"] == "21 days"
    assert stated["Region: Canada; Fee: ____"] == "$18"
    assert stated["timeout = ____"] == "30"


def test_a_date_is_also_accepted_in_its_iso_form() -> None:
    dated = next(q for q in questions(ENGLISH) if q.answers[0] == "1 March 2024")
    assert "2024-03-01" in dated.answers


@pytest.mark.parametrize(
    "text",
    [
        "The fee is 30 days here and thirty days there, so nobody can tell which.",
        "Within 30 days.",
        "# Customers may return goods within 30 days of delivery",
        "两次都是15天，另一处也是十五天，无法分辨是哪一处的期限。",
        "共15天。",
        "# 顾客自签收商品次日起15天内可以申请无理由退货",
    ],
)
def test_equal_values_short_sentences_and_headings_are_not_asked(text: str) -> None:
    durations = [fact for fact in find_facts(Document("a.md", text)) if fact.kind == "duration"]
    assert durations == []


def test_the_same_statement_with_another_value_is_a_rival_and_named_by_its_heading() -> None:
    made = {q.answers[0]: q for q in questions(ENGLISH, Document("old.md", OLD))}
    assert [rival.answer for rival in made["30 days"].rivals] == ["14 days"]
    assert made["30 days"].rivals[0].evidence.document == "old.md"
    assert "Returns policy 2024" in made["30 days"].text


def test_a_statement_that_is_copied_is_not_asked() -> None:
    copy = Document(
        "copy.md", "# Elsewhere\n\nCustomers may return goods within 30 days of delivery.\n"
    )
    assert "30 days" not in {question.answers[0] for question in questions(ENGLISH, copy)}


def test_json_fields_are_facts_with_their_record_as_context() -> None:
    document = Document(
        "p.jsonl", "name: Heron\nwarranty: 36 months\n\nname: Plover\nwarranty: 24 months\n"
    )
    made = {question.answers[0]: question.text for question in questions(document)}
    assert '"Heron": "warranty: ____"' in made["36 months"]


def test_questions_are_spread_over_documents_and_equal_for_an_equal_seed() -> None:
    documents = [ENGLISH, CHINESE, Document("old.md", OLD)]
    made = questions(*documents, limit=3)
    assert {q.evidence[0].document for q in made} == {"a.md", "zh.md", "old.md"}
    assert made == questions(*documents, limit=3)
    assert len({q.id for q in questions(*documents)}) == len(questions(*documents))


def test_too_few_facts_and_none_are_said() -> None:
    corpus = Corpus("c", (Document("old.md", OLD),))
    made = make_questions(corpus, limit=40, rng=np.random.default_rng(0))
    assert 0 < len(made.questions) < 40
    assert f"only {len(made.questions)} of 40" in made.warnings[0]
    nothing = Corpus("c", (Document("a.md", "Nothing is stated here at all.\n"),))
    made = make_questions(nothing, limit=40, rng=np.random.default_rng(0))
    assert made.questions == () and "no question" in made.warnings[0]
    assert not made.synthetic


def test_every_language_has_every_table() -> None:
    for table in (wording.NAMES, wording.RULES, wording.NAMED_SUBJECT, wording.POINTING_START):
        assert set(table) == set(LANGUAGES)
    assert set(synthesis._FORMS) == set(LANGUAGES)


def test_label_lines_are_facts_of_their_own() -> None:
    document = Document(
        "a.md", "# 词汇表\n\n生效日期：2021年5月1日\n归口部门：客户服务部\n适用渠道：官网商城\n"
    )
    dates = [fact for fact in find_facts(document) if fact.kind == "date"]
    assert [fact.statement for fact in dates] == ["生效日期：____"]


def test_code_and_marks_of_restructured_text_are_not_read_as_prose() -> None:
    text = (
        "Guide\n=====\n\nThe :ref:`session <session-page>` ends after 30 minutes without use.\n\n"
        "For example::\n\n    run the whole thing again for 45 minutes or so\n\n"
        ".. versionchanged:: 2.0\n   The limit was 20 minutes in all of the releases before.\n\n"
        "Read :doc:`all of the 15 minutes tour </tour>` before you begin with it.\n"
    )
    statements = [fact.statement for fact in find_facts(Document("guide.rst", text))]
    assert statements == ["The session ends after ____ without use."]
    assert find_facts(Document("guide.rst", text))[0].context == "Guide"
