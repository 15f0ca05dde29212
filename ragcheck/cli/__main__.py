"""``python -m ragcheck.cli``."""

from ragcheck.cli import main

main()
