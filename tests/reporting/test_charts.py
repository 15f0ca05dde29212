from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from ragcheck.records.results import Estimate
from ragcheck.reporting import charts

NS = {"s": "http://www.w3.org/2000/svg"}
SOME = Estimate(0.4, 0.3, 0.55, n=9)


def parse(svg) -> ElementTree.Element:
    return ElementTree.fromstring(str(svg))


def by_class(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [e for e in root.iter() if name in e.get("class", "").split()]


def numbers(element: ElementTree.Element) -> list[float]:
    return [float(x) for x in re.findall(r"-?\d+(?:\.\d+)?", element.get("d", ""))]


def test_every_chart_says_what_it_shows():
    drawn = [
        charts.share_bar(SOME, "a title", "a description"),
        charts.stacked_bar([("evidence", 1.0)], "a title", "a description"),
        charts.difference_bar(SOME, 1.0, "a title", "a description"),
        charts.line_chart([], "a title", "a description"),
    ]
    for svg in drawn:
        root = parse(svg)
        assert root.get("role") == "img"
        assert root.findtext("s:title", namespaces=NS) == "a title"
        assert root.findtext("s:desc", namespaces=NS) == "a description"


def test_a_share_is_as_wide_as_its_value_with_the_interval_at_its_ends():
    root = parse(charts.share_bar(SOME, "t", "d", "evidence"))
    (bar,) = by_class(root, "tone-evidence")
    assert float(bar.get("width", "")) == 40.0
    (interval,) = by_class(root, "interval")
    assert {30.0, 55.0} <= set(numbers(interval))


@pytest.mark.parametrize(
    ("estimate", "width"), [(Estimate(-0.1, -0.3, 0.1), 0.0), (Estimate(1.2, 0.9, 1.4), 100.0)]
)
def test_what_lies_outside_of_the_scale_is_cut_at_its_end(estimate, width):
    root = parse(charts.share_bar(estimate, "t", "d"))
    (bar,) = by_class(root, "bar")
    assert float(bar.get("width", "")) == width
    assert all(0 <= x <= 100 for x in numbers(by_class(root, "interval")[0]))


def test_an_undefined_share_has_a_track_and_nothing_on_it():
    root = parse(charts.share_bar(Estimate(None, reason="no"), "t", "d"))
    assert by_class(root, "track")
    assert not by_class(root, "bar")
    assert not by_class(root, "interval")


def test_a_stacked_bar_is_full_and_has_no_negative_parts():
    root = parse(charts.stacked_bar([("evidence", 0.6), ("noise", -0.2), ("unit", 0.2)], "t", "d"))
    widths = [float(bar.get("width", "")) for bar in by_class(root, "bar")]
    assert widths == [75.0, 0.0, 25.0]


def test_a_difference_stands_on_its_side_of_zero():
    def dot(value: float) -> float:
        root = parse(charts.difference_bar(Estimate(value), 0.5, "t", "d"))
        return numbers(by_class(root, "dot")[0])[0]

    assert dot(0.0) == 50
    assert dot(0.25) == 75
    assert dot(-0.5) == 0
    assert dot(9.0) == 100


def test_differences_without_reach_stand_at_zero():
    root = parse(charts.difference_bar(Estimate(0.0, 0.0, 0.0), 0.0, "t", "d"))
    assert numbers(by_class(root, "dot")[0])[0] == 50


def line_points(*points: tuple[float, Estimate]) -> ElementTree.Element:
    return parse(charts.line_chart([charts.Series("one", points, main=True)], "t", "d"))


def test_a_line_rises_where_its_values_rise():
    root = line_points((1, Estimate(0.1, 0.0, 0.2)), (5, Estimate(0.9, 0.8, 1.0)))
    x1, y1, x2, y2 = numbers(by_class(root, "line")[0])
    assert x1 < x2
    assert y1 > y2
    assert len(by_class(root, "point")) == 2
    assert len(by_class(root, "band")) == 1


def test_a_missing_value_leaves_a_gap():
    gone = Estimate(None, reason="no")
    root = line_points((1, SOME), (2, SOME), (3, gone), (4, SOME), (5, SOME))
    assert len(by_class(root, "line")) == 2
    assert len(by_class(root, "point")) == 4


def test_a_single_point_has_a_whisker_instead_of_a_band():
    root = line_points((5, SOME))
    assert len(by_class(root, "whisker")) == 1
    assert not by_class(root, "band")


def test_other_series_are_thin_lines_that_give_their_name():
    series = [charts.Series("a & b", ((1, SOME), (2, SOME)))]
    (line,) = by_class(parse(charts.line_chart(series, "t", "d")), "context")
    assert line.findtext("s:title", namespaces=NS) == "a & b"


@pytest.mark.parametrize("ks", [[1], [1, 5], list(range(1, 101)), [1, 2, 3, 100]])
def test_ticks_do_not_crowd_and_hold_the_last_k(ks):
    root = line_points(*[(k, SOME) for k in ks])
    ticks = [
        (float(t.get("x", "")), t.text)
        for t in root.findall("s:text", NS)
        if t.get("text-anchor") == "middle" and t.text != "K"
    ]
    assert ticks[-1][1] == str(ks[-1])
    assert len(ticks) <= charts.MOST_TICKS + 1
    assert all(charts.LEFT <= x <= charts.WIDTH for x, _ in ticks)
