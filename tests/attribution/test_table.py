"""Tables in every form, and what is said of bad ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from ragcheck.attribution.cells import cell_table
from ragcheck.attribution.table import MISSING_LEVEL, TrialTable, read_trials
from ragcheck.attribution.wording import word
from ragcheck.errors import TableError

ROWS = [
    {"q": f"q{u}", "chunker": c, "k": k, "temperature": t, "rep": r, "score": (u + k + r) % 2}
    for u in range(3)
    for c in ("heads", "chars")
    for k in (3, 10)
    for t in (0.0, 0.7)
    for r in (0, 1)
]


def read(trials: object, **changes: object) -> TrialTable:
    options: dict[str, object] = {
        "response": "score",
        "unit": "q",
        "evidence": ["chunker", "k"],
        "generation": ["temperature"],
    }
    return read_trials(trials, **{**options, **changes})  # type: ignore[arg-type]


def warnings_of(table: TrialTable) -> list[str]:
    return [word("en", warning) for warning in table.warnings]


def test_rows_of_interventions_are_no_part_of_the_crossed_design() -> None:
    own = [{**row, "intervention": "none", "context": "c", "chunks": "x"} for row in ROWS]
    edited = [{**row, "intervention": "missing", "score": 9} for row in own]
    table = read([*own, *edited])
    assert table.response.tolist() == read(ROWS).response.tolist()
    assert warnings_of(table)[0] == "48 of 96 trials are of interventions and were left out"
    with_them = read([*own, *edited], evidence=["chunker", "k", "intervention"])
    assert with_them.response.size == 96
    other = [{**row, "intervention": "none" if row["k"] == 3 else "b"} for row in ROWS]
    assert read(other).response.size == len(ROWS)


def test_every_form_gives_the_same_table(tmp_path: Path) -> None:
    frame = pd.DataFrame(ROWS)
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_csv(tmp_path / "t.tsv", index=False, sep="\t")
    frame.to_parquet(tmp_path / "t.parquet")
    frame.to_json(tmp_path / "t.jsonl", orient="records", lines=True)
    forms = [tmp_path / name for name in ("t.csv", "t.tsv", "t.parquet", "t.jsonl")]
    expected = read(ROWS)
    assert expected.factors[0].levels == ("chars", "heads")
    assert expected.factors[1].levels == (3, 10)
    assert expected.unit_count == 3
    for form in [*forms, str(forms[0]), frame, pa.Table.from_pandas(frame), iter(ROWS)]:
        table = read(form)
        assert table.response.tolist() == expected.response.tolist()
        assert [f.levels for f in table.factors] == [f.levels for f in expected.factors]
        assert [f.codes.tolist() for f in table.factors] == [
            f.codes.tolist() for f in expected.factors
        ]


def test_unscored_trials_are_dropped_and_counted() -> None:
    rows = [{**row, "score": None if i < 5 else row["score"]} for i, row in enumerate(ROWS)]
    table = read(rows)
    assert table.response.size == len(ROWS) - 5
    assert any("5 of 48 trials" in warning for warning in warnings_of(table))


def test_a_factor_with_one_level_is_a_constant() -> None:
    table = read([{**row, "top_p": 1} for row in ROWS], generation=["temperature", "top_p"])
    assert [factor.name for factor in table.factors] == ["chunker", "k", "temperature"]
    assert [factor.name for factor in table.constants] == ["top_p"]
    assert any("'top_p'" in warning and "constant" in warning for warning in warnings_of(table))


def test_a_missing_level_is_a_level() -> None:
    rows = [{**row, "chunker": None if row["k"] == 3 else "heads"} for row in ROWS]
    table = read(rows)
    assert table.factors[0].levels == (MISSING_LEVEL, "heads")
    assert any("24 trials have no 'chunker'" in warning for warning in warnings_of(table))


def test_booleans_in_any_writing_are_numbers() -> None:
    truths = read([{**row, "score": row["score"] > 0} for row in ROWS])
    words = read([{**row, "score": str(row["score"] > 0)} for row in ROWS])
    assert truths.response.tolist() == words.response.tolist() == read(ROWS).response.tolist()


def test_numbers_sort_by_size_and_texts_by_letter() -> None:
    rows = [{**row, "k": [10, 9, "b", "a"][i % 4]} for i, row in enumerate(ROWS)]
    assert read(rows).factors[1].levels == (9, 10, "a", "b")


def test_repeated_replicates_are_told() -> None:
    assert not read(ROWS, replicate="rep").warnings
    (warning,) = warnings_of(read([*ROWS, *ROWS[:7]], replicate="rep"))
    assert warning.startswith("7 trials repeat")


@pytest.mark.parametrize(
    ("changes", "what", "mend"),
    [
        ({"evidence": ["chunkr"]}, "no column 'chunkr'", "did you mean 'chunker'?"),
        ({"response": "scoer"}, "no column 'scoer'", "did you mean 'score'?"),
        ({"unit": "zzz"}, "no column 'zzz'", "known: q"),
        ({"replicate": "repp"}, "no column 'repp'", "did you mean 'rep'?"),
        ({"properties": ["scores"]}, "no column 'scores'", "did you mean 'score'?"),
        ({"evidence": "chunker"}, "sequences of column names", "['chunker']"),
        ({"generation": ["chunker"]}, "named as evidence factor and as generation", "one role"),
        ({"evidence": [], "generation": []}, "no factor was named", "at least one"),
    ],
)
def test_wrong_names_are_explained(changes: dict[str, object], what: str, mend: str) -> None:
    with pytest.raises(TableError) as caught:
        read(ROWS, **changes)
    assert what in caught.value.what
    assert mend in str(caught.value.mend)


@pytest.mark.parametrize(
    ("change", "what", "where"),
    [
        (lambda i, row: {"score": "good" if i == 4 else 1}, "the first is 'good'", "data row 5"),
        (lambda i, row: {"score": float("inf")}, "48 values that are not finite", "data row 1"),
        (lambda i, row: {"score": None}, "no row has a value", "column 'score'"),
        (lambda i, row: {"chunker": "a", "k": 1, "temperature": 0}, "no factor varies", "k=1"),
        (lambda i, row: {"q": None}, "no scored row has a 'q'", "None"),
    ],
)
def test_bad_columns_are_explained(change: object, what: str, where: str) -> None:
    rows = [{**row, **change(i, row)} for i, row in enumerate(ROWS)]  # type: ignore[operator]
    with pytest.raises(TableError) as caught:
        read(rows)
    assert what in caught.value.what
    assert where in str(caught.value.where)


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("none.csv", None, "no such file"),
        ("table.xlsx", b"", "ends in '.xlsx'"),
        ("empty.csv", b"", "cannot be read"),
        ("broken.csv", b'a,b\n1,2,3,4\n"x', "cannot be read"),
        ("binary.csv", bytes(range(256)) * 3, "cannot be read"),
        ("false.parquet", b"PAR1 nothing", "cannot be read"),
        ("header.csv", b"q,score\n", "no rows"),
    ],
)
def test_bad_files_are_explained(
    tmp_path: Path, name: str, content: bytes | None, what: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(TableError) as caught:
        read(tmp_path / name)
    assert what in caught.value.what


def test_what_is_no_table_is_refused() -> None:
    for trials in (5, [1, 2], [], None):
        with pytest.raises(TableError):
            read(trials)


def test_two_columns_of_one_name_are_refused() -> None:
    frame = pd.DataFrame(ROWS)
    with pytest.raises(TableError, match="two columns are called 'q'"):
        read(pd.concat([frame, frame[["q"]]], axis=1))


def test_a_factor_with_a_level_for_every_row_is_refused_with_advice() -> None:
    rng = np.random.default_rng(0)
    rows = [{**row, "temperature": float(rng.random())} for row in ROWS * 50]
    with pytest.raises(TableError) as caught:
        cell_table(read(rows))
    assert "'temperature' has 2400 levels" in str(caught.value.where)
    assert "ranges" in str(caught.value.mend)


def test_cells_hold_mean_count_and_squares() -> None:
    rows = [
        {"q": 1, "e": "a", "g": 0, "y": 1.0},
        {"q": 1, "e": "a", "g": 0, "y": 4.0},
        {"q": 2, "e": "b", "g": 1, "y": 7.0},
    ]
    options = {"response": "y", "unit": "q", "evidence": ["e"], "generation": ["g"]}
    cells = cell_table(read_trials(rows, **options))  # type: ignore[arg-type]
    assert cells.mean.tolist() == [[2.5, 0, 0, 0], [0, 0, 0, 7.0]]
    assert cells.count.tolist() == [[2, 0, 0, 0], [0, 0, 0, 1]]
    assert cells.squares.tolist() == [[4.5, 0, 0, 0], [0, 0, 0, 0]]
