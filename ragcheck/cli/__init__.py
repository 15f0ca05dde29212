"""The ``ragcheck`` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; ragcheck's own errors are told in words, with exit code 2."""
    from ragcheck.cli.app import app
    from ragcheck.errors import RagcheckError

    try:
        app()
    except RagcheckError as problem:
        print(f"error: {problem}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("stopped; what is done is kept, run the same command to go on", file=sys.stderr)
        sys.exit(130)
