"""Numbers of headings and items are not read as answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragcheck.judges.readers.numbering import without_numbering


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("### 2.2 Goods\nWithin 7 days.", "###     Goods\nWithin 7 days."),
        ("### 2.2 不适用的商品\n7 天内。", "###     不适用的商品\n7 天内。"),
        ("1. Ask for a number.\n2) Print it.", "   Ask for a number.\n   Print it."),
        ("1、 申请；\n（2） 寄回。", "   申请；\n    寄回。"),
        ("7 days after delivery", "7 days after delivery"),
        ("# 2024 in review", "# 2024 in review"),
        ("It costs 2.2 pounds", "It costs 2.2 pounds"),
        ("签收后7天内", "签收后7天内"),
    ],
)
def test_numbers_of_headings_and_items_are_blanked(text, plain):
    assert without_numbering(text) == plain


@given(st.text(alphabet="#12.3）(、 \na期", max_size=60))
def test_every_offset_stays(text):
    plain = without_numbering(text)
    assert len(plain) == len(text)
    assert all(a == b or (b == " " and not a.isalpha()) for a, b in zip(text, plain, strict=True))
