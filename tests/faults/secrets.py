"""Keys and passwords: in the environment and on the wire, and nowhere that ragcheck writes."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import quote

from tests.faults.case import Case, Plan
from tests.faults.child import run_ragcheck
from tests.faults.hostile_run import (
    COMMANDS,
    FORMATS,
    KEY,
    PASSWORD,
    TOKEN,
    VARIABLE,
    Outcome,
    shared_run,
)

SECRETS = (KEY, PASSWORD, TOKEN)


def cases(plan: Plan) -> Iterator[Case]:
    """What a whole run left, and what is said where the configuration is wrong."""
    outcome = shared_run(plan)
    yield Case("secrets", "in the run folder", partial(check_files, outcome, "run"))
    yield Case("secrets", "in the caches", partial(check_files, outcome, "cache"))
    yield Case("secrets", "in the home folder", partial(check_files, outcome, "home"))
    yield Case("secrets", "on the terminal", partial(check_printed, outcome))
    for name, written in WRONG.items():
        yield Case("secrets", name, partial(check_error, written))


def forms(secret: str) -> tuple[bytes, ...]:
    """How a secret may look in a file."""
    encoded = (secret.encode(), b64encode(secret.encode()), quote(secret, safe="").encode())
    wide = tuple(secret.encode(codec) for codec in ("utf-16-le", "utf-16-be"))
    return (*encoded, b64encode(f"marked-user:{secret}".encode()), *wide)


def check_files(outcome: Outcome, part: str, folder: Path) -> None:
    """No file below a part of the run's world, and no name of one, holds a secret."""
    root = outcome.folder.parent / part
    files = [path for path in root.rglob("*") if path.is_file()]
    assert files or part == "home", "nothing was written"
    for path in files:
        raw = path.read_bytes() + path.name.encode()
        found = [secret for secret in SECRETS if any(form in raw for form in forms(secret))]
        assert not found, f"{path.relative_to(root)} holds {found}"


def check_printed(outcome: Outcome, folder: Path) -> None:
    """Neither the run nor any report of it prints a secret."""
    told = [outcome.printed]
    told += [(outcome.folder.parent / f"told.{kind}").read_text() for kind in (*FORMATS, *COMMANDS)]
    for text in told:
        assert not any(form in text.encode() for secret in SECRETS for form in forms(secret))


WRONG = {
    "a password in an address that is none": f'base_url = "ftp://u:{PASSWORD}@host/v1"',
    "a password in an address with a wrong port": f'base_url = "http://u:{PASSWORD}@127.0.0.1:0"',
    "a password in an address that cannot be read": f'base_url = "http://u:{PASSWORD}@[::1/v1"',
    "nobody at an address with a password":
        f'base_url = "http://u:{PASSWORD}@127.0.0.1:9/v1?token={TOKEN}"',
    "a key where the name of its variable belongs":
        f'base_url = "http://127.0.0.1:9/v1"\napi_key_env = "{KEY}"',
    "a key under a name that there is not": f'api_key = "{KEY}"',
    "a key of the wrong kind": f'api_key_env = ["{KEY}"]',
    "a judge with a password": f'base_url = "http://127.0.0.1:9/v1"\n[evidence]\njudge = '
        f"'llm(base_url=\"ftp://u:{PASSWORD}@host\")'",
}  # fmt: skip
"""Lines of a configuration that a run cannot work with."""


def check_error(written: str, folder: Path) -> None:
    """The error says what is wrong without the secret."""
    corpus = folder / "corpus"
    corpus.mkdir()
    (corpus / "a.md").write_text("# Returns\n\nReturns are free within 30 days.\n")
    config = folder / "ragcheck.toml"
    config.write_text(f'[model]\nname = "m"\ntries = 1\n{written}\n')
    ended = run_ragcheck(
        "run", str(corpus), "-c", str(config), "-o", str(folder / "run"),
        cwd=folder, environment={VARIABLE: KEY},
    )  # fmt: skip
    assert ended.code == 2, ended.printed
    assert "error:" in ended.printed and "Traceback" not in ended.printed
    for secret in SECRETS:
        assert secret not in ended.printed, ended.printed
        for path in (folder / "run").rglob("*"):
            if path.is_file():
                assert secret.encode() not in path.read_bytes(), path.name
