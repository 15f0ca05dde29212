"""Reports over hostile texts: the page runs nothing and fetches nothing, terminals are not steered.

The page is opened in a real Chromium, beside a page that is not safe, which shows that the watch
would have seen a script run and a fetch.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.faults.case import CannotTry, Case, Plan
from tests.faults.hostile_run import COMMANDS, FORMATS, RAN, Outcome, attack, canary, shared_run

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
POLICY = "default-src 'none'"
_FORMULA = re.compile(r'(?:^|[,;\t])"?[=+@]', re.MULTILINE)
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
_MARKUP = re.compile(
    r"(?<!\\)(?:<(?:script|img|iframe|link|style|svg|base|meta)\b|!\[image\]\(|\]\(javascript:)"
)
_STEERS = re.compile("\x1b\\][^\x07\x1b]*steered|\x1b\\[2J|\x1b\\[8m|\x9b|\x1b\\[31m")
"""The escapes that the texts hold, but none that a coloured table needs."""


def cases(plan: Plan) -> Iterator[Case]:
    """One run over hostile texts, looked at from every side."""
    outcome = shared_run(plan)
    looks: dict[str, Callable[[Outcome, Path], None]] = {
        "it ends with a report": check_ends,
        "the page in a browser": check_page,
        "the terminal": check_terminal,
        "Markdown": check_markdown,
        "no formula in a table": check_formulas,
    }
    for name, look in looks.items():
        yield Case("hostile report", name, partial(look, outcome))


def check_ends(outcome: Outcome, folder: Path) -> None:
    """A report, whatever the texts say, and no traceback."""
    assert outcome.code in (0, 1, 3), outcome.printed[-2000:]
    assert "Traceback" not in outcome.printed and "fault of its own" not in outcome.printed
    assert outcome.answered > 5
    page = (outcome.folder / "report.html").read_text(encoding="utf-8")
    assert RAN in page, "the attack is not in the page, so nothing is tried"


def check_page(outcome: Outcome, folder: Path) -> None:
    """Nothing runs, nothing is fetched, and the page's own policy forbids both."""
    page = (outcome.folder / "report.html").read_text(encoding="utf-8")
    policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">', page)
    assert policy is not None and policy[1].startswith(POLICY), "no policy"
    assert page.index(policy[0]) < page.index(RAN), "text stands before the policy"
    with canary() as watched:
        moved = folder / "report.html"
        moved.write_text(page.replace(outcome.canary, watched.url), encoding="utf-8")
        shown = open_in_browser(moved, folder)
        assert not watched.paths, f"fetched: {watched.paths}"
        title = re.search(r"<title>([^<]*)</title>", shown)
        assert title is not None and title[1] != RAN, shown[:500]
        unsafe = folder / "unsafe.html"
        unsafe.write_text(f"<title>x</title>{attack(watched.url)}", encoding="utf-8")
        ran = open_in_browser(unsafe, folder)
        assert watched.paths and f"<title>{RAN}</title>" in ran, "the watch would not have seen it"


def check_terminal(outcome: Outcome, folder: Path) -> None:
    """No escape of a text reaches the terminal, in the run, in any format, from any command."""
    told = {"run": outcome.printed}
    for kind in (*FORMATS, *COMMANDS):
        path = outcome.folder.parent / f"told.{kind}"
        told[kind] = path.read_text(encoding="utf-8")
        assert told[kind].strip(), kind
    for kind, text in told.items():
        found = _STEERS.search(text)
        assert found is None, f"{kind}: {text[max(0, found.start() - 80) : found.end() + 40]!r}"


def check_markdown(outcome: Outcome, folder: Path) -> None:
    """Outside of code, no text is a tag, an image or a link of its own."""
    markdown = (outcome.folder.parent / "told.md").read_text(encoding="utf-8")
    assert RAN in markdown
    plain = _CODE.sub("", markdown)
    found = _MARKUP.search(plain)
    assert found is None, plain[found.start() - 80 : found.end() + 80]


def check_formulas(outcome: Outcome, folder: Path) -> None:
    """Whatever file of a table a run writes, no cell begins a formula."""
    for path in outcome.folder.rglob("*"):
        if path.suffix in (".csv", ".tsv"):
            text = path.read_text(encoding="utf-8")
            assert not _FORMULA.search(text), path.name


def open_in_browser(page: Path, folder: Path) -> str:
    """The page's document after its scripts had their time, as Chromium writes it down."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise CannotTry("Chromium is not installed")
    ended = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--no-first-run", f"--user-data-dir={folder / 'profile'}",
         "--virtual-time-budget=3000", "--dump-dom", page.as_uri()],
        capture_output=True, timeout=180, check=False,
    )  # fmt: skip
    shown = ended.stdout.decode("utf-8", "replace")
    assert "<html" in shown, ended.stderr.decode("utf-8", "replace")[-600:]
    return shown
