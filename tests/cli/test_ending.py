"""How the command ends: signals, faults that nobody foresaw, terminals without a character."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import ragcheck.cli.init
from ragcheck.cli import main

WAITING = """
import sys, time
import ragcheck.cli.app as app
from ragcheck.cli import main
def wait():
    print("ready", flush=True)
    time.sleep(60)
app.app.command(name="wait")(wait)
sys.argv = ["ragcheck", "wait"]
main()
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_in_order_and_says_how_to_go_on(number: signal.Signals, code: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WAITING], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "ready\n"
        os.kill(run.pid, number)
        _, told = run.communicate(timeout=30)
    assert run.returncode == code
    assert told.startswith("stopped; what is done is kept")


@pytest.fixture
def broken_init(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail(path: Path) -> None:
        raise KeyError("a fault \x1b[31m")

    monkeypatch.setattr(ragcheck.cli.init, "write_config", fail)
    monkeypatch.setattr(sys, "argv", ["ragcheck", "init", str(tmp_path / "x.toml")])


@pytest.mark.usefixtures("broken_init")
def test_a_fault_of_its_own_is_one_message(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RAGCHECK_TRACEBACK", raising=False)
    with pytest.raises(SystemExit) as end:
        main()
    told = capsys.readouterr().err
    assert end.value.code == 2
    assert "KeyError" in told
    assert "test_ending.py:" in told
    assert "Traceback" not in told
    assert "\x1b" not in told


@pytest.mark.usefixtures("broken_init")
def test_the_traceback_of_a_fault_is_there_for_who_asks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGCHECK_TRACEBACK", "1")
    with pytest.raises(SystemExit):
        main()
    assert "Traceback" in capsys.readouterr().err


def test_signals_are_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(sys, "argv", ["ragcheck", "--help"])
    with pytest.raises(SystemExit):
        main()
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


PRINTING = """
import sys
import ragcheck.cli.init
from ragcheck.cli import main
ragcheck.cli.init.write_config = lambda path: print("\u56de\u7b54 \u00b7")
sys.argv = ["ragcheck", "init"]
main()
"""


def test_a_terminal_without_a_character_gets_another_one() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PRINTING],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "?? ?")
