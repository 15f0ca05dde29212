from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from ragcheck.cli import main
from ragcheck.cli.app import app

HOLDS = "Kestrel pays the refund for a returned lamp within 14 days of its arrival."
RIVAL = "Kestrel pays the refund for a returned lamp within 30 days of its arrival."


@pytest.fixture
def traces(tmp_path):
    rows = [
        {
            "user_input": f"When is the refund for lamp {i} paid?\x1b[31m",
            "retrieved_contexts": [HOLDS, RIVAL],
            "response": "14 days",
            "reference": "14 days",
        }
        for i in range(6)
    ]
    path = tmp_path / "traces.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_a_recording_is_audited_and_its_report_written(traces, tmp_path):
    result = CliRunner().invoke(app, ["audit", str(traces), "-o", str(tmp_path / "out")])
    assert result.exit_code == 0
    assert "6 questions" in result.output
    assert "RC401" in result.output
    assert "\x1b[31m" not in result.output
    report = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert report["questions"] == 6
    assert (tmp_path / "out" / "report.html").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--column", "nonsense"], "no path"),
        (["--column", "quetsion=a"], "question"),
        (["--column", "question=nowhere", "--column", "contexts=nowhere"], "no record"),
    ],
)
def test_a_wrong_column_map_is_one_message(traces, capsys, monkeypatch, arguments, told):
    monkeypatch.setattr("sys.argv", ["ragcheck", "audit", str(traces), *arguments])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    shown = capsys.readouterr().err
    assert told in shown
    assert "Traceback" not in shown
