"""Events to progress bars: a line a stage, with what is done and what is left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from ragcheck.events import Event, Listener, StageAdvanced, StageFinished, StageStarted, Warned
from ragcheck.text.display import make_visible


@contextmanager
def progress_bars(console: Console) -> Iterator[Listener]:
    """A listener that draws the stages on the console while the block runs.

    Where the console is no terminal, one line is printed at the end of each stage instead.
    """
    if not console.is_terminal:
        yield _LineWriter(console)
        return
    columns = (
        TextColumn("{task.description:<9}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[unit]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        yield _BarDrawer(progress)


class _BarDrawer:
    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, event: Event) -> None:
        if isinstance(event, StageStarted):
            task = self._progress.add_task(event.stage, total=event.total, unit=event.unit)
            self._tasks[event.stage] = task
        elif isinstance(event, StageAdvanced):
            self._progress.advance(self._tasks[event.stage], event.done)
        elif isinstance(event, StageFinished):
            task = self._tasks[event.stage]
            done = self._progress.tasks[self._progress.task_ids.index(task)].total or 1
            self._progress.update(task, total=done, completed=done)
        elif isinstance(event, Warned):
            self._progress.console.print(f"warning: {make_visible(event.message)}", markup=False)


class _LineWriter:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._totals: dict[str, StageStarted] = {}

    def __call__(self, event: Event) -> None:
        if isinstance(event, StageStarted):
            self._totals[event.stage] = event
        elif isinstance(event, StageFinished):
            started = self._totals[event.stage]
            note = f"{event.seconds:.1f} s"
            if event.reused >= started.total > 0:
                note = "from an earlier run"
            elif event.reused:
                note += f", {event.reused} from an earlier run"
            self._console.print(
                f"{event.stage}: {started.total} {started.unit}, {note}", markup=False
            )
        elif isinstance(event, Warned):
            self._console.print(f"warning: {make_visible(event.message)}", markup=False)
