"""The commands. Everything heavy is imported inside them, so that ``--help`` answers at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="ragcheck",
    help="Does a RAG system's answer quality follow its evidence or its parameters?",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

CorpusArgument = Annotated[
    str, typer.Argument(help="A document, a folder of documents, or the fsspec URL of one.")
]
QuestionsOption = Annotated[
    Path | None,
    typer.Option("--questions", "-q", help="Questions as JSON lines, else made from the corpus."),
]
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="A ragcheck.toml; see ragcheck init."),
]


ProfileOption = Annotated[
    bool, typer.Option("--profile", help="Show where the time went, a stage a line.")
]
BackendOption = Annotated[
    str | None,
    typer.Option(help="Where the work is done: serial, loky, dask or ray; see docs/cluster.md."),
]
WorkersOption = Annotated[
    int | None, typer.Option(min=1, help="Processes of this machine; means --backend loky.")
]


def _overrides(backend: str | None, workers: int | None, **others: object) -> dict[str, object]:
    """What was given on the command line, by its key in ragcheck.toml."""
    given = {
        "workers.backend": "loky" if workers is not None and backend is None else backend,
        "workers.count": workers,
        **others,
    }
    return {key: value for key, value in given.items() if value is not None}


@app.command()
def run(
    corpus: CorpusArgument,
    questions: QuestionsOption = None,
    config: ConfigOption = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", help="The run folder, or its URL; an unfinished run in it goes on."
        ),
    ] = None,
    budget: Annotated[
        int | None,
        typer.Option(min=1, help="Largest number of model calls."),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the run.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print cells, calls and expected time; ask nothing.")
    ] = False,
    profile: ProfileOption = False,
    backend: BackendOption = None,
    workers: WorkersOption = None,
) -> None:
    """Diagnose a corpus: chunks, conflicts, answers, and what to fix first."""
    from ragcheck.cli.run import dry_run_corpus, run_corpus
    from ragcheck.config import read_config

    settled = read_config(config, _overrides(backend, workers, budget=budget, seed=seed))
    if dry_run:
        dry_run_corpus(corpus, questions, settled, output)
    else:
        run_corpus(corpus, questions, settled, output, profiled=profile)


@app.command()
def chunks(
    corpus: CorpusArgument,
    questions: QuestionsOption = None,
    config: ConfigOption = None,
    strategy: Annotated[
        list[str] | None,
        typer.Option(
            "--strategy",
            "-s",
            help='Compare these: recursive, subject(base="recursive"), llama_index(...). '
            "Repeatable.",
        ),
    ] = None,
    explain: Annotated[
        int, typer.Option(min=0, help="Show so many of the worst chunks, and what mends them.")
    ] = 0,
    profile: ProfileOption = False,
    backend: BackendOption = None,
    workers: WorkersOption = None,
) -> None:
    """Chunking strategies side by side: which to choose, what their chunks lack."""
    from ragcheck.cli.chunks import show_chunks
    from ragcheck.config import read_config
    from ragcheck.pipeline.storage import local_corpus

    with local_corpus(corpus) as folder:
        show_chunks(
            folder,
            questions,
            read_config(config, _overrides(backend, workers)),
            strategies=strategy or (),
            explained=explain,
            profiled=profile,
        )


@app.command()
def conflicts(
    corpus: CorpusArgument,
    questions: QuestionsOption = None,
    config: ConfigOption = None,
    profile: ProfileOption = False,
    backend: BackendOption = None,
    workers: WorkersOption = None,
) -> None:
    """Conflicts at each K, and the places that contradict each other."""
    from ragcheck.cli.examine import show_conflicts
    from ragcheck.config import read_config
    from ragcheck.pipeline.storage import local_corpus

    settled = read_config(config, _overrides(backend, workers))
    with local_corpus(corpus) as folder:
        show_conflicts(folder, questions, settled, profiled=profile)


@app.command()
def attribute(
    table: Annotated[Path, typer.Argument(help="Results as CSV or Parquet, one row a trial.")],
    response: Annotated[str, typer.Option(help="Column of the answer quality.")],
    unit: Annotated[str, typer.Option(help="Column of the question.")],
    evidence: Annotated[
        list[str],
        typer.Option(
            "--evidence", "--system", help="Columns of evidence and system factors, with commas."
        ),
    ],
    generation: Annotated[
        list[str],
        typer.Option(
            "--generation",
            "--parameters",
            help="Columns of generation parameters, those of fine-tuning too, with commas.",
        ),
    ],
) -> None:
    """Which side does the answer quality follow? For any results table."""
    from ragcheck.cli.attribute import show_attribution, split_names

    show_attribution(table, response, unit, split_names(evidence), split_names(generation))


@app.command()
def compare(
    before: Annotated[Path, typer.Argument(help="A run folder, a results table or a trace file.")],
    after: Annotated[Path, typer.Argument(help="Another of the same kind.")],
    response: Annotated[
        str | None, typer.Option(help="Tables: the column of the answer quality.")
    ] = None,
    unit: Annotated[str | None, typer.Option(help="Tables: the column of the question.")] = None,
    parameters: Annotated[
        list[str] | None,
        typer.Option("--parameters", "--generation", help="Tables: how answers are made."),
    ] = None,
    system: Annotated[
        list[str] | None,
        typer.Option("--system", "--evidence", help="Tables: data, chunking, retrieval."),
    ] = None,
    answer: Annotated[str, typer.Option(help="Tables: the column of the answer.")] = "answer",
    format: Annotated[  # noqa: A002 - the option's name
        str, typer.Option("--format", "-f", help="text, md or json.")
    ] = "text",
    worst: Annotated[int, typer.Option(min=0, help="Show so many of the changed questions.")] = 5,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file; standard output if not given.")
    ] = None,
) -> None:
    """What changed between two states, and was it the parameters or the system?"""
    from ragcheck.cli.attribute import split_names
    from ragcheck.cli.compare import show_comparison, table_columns

    columns = table_columns(response, unit, split_names(parameters), split_names(system), answer)
    show_comparison(before, after, columns, format_name=format, worst=worst, output=output)


@app.command()
def audit(
    traces: Annotated[
        Path,
        typer.Argument(help="ragas, RAGChecker, OpenInference or your own: JSON, CSV, Parquet."),
    ],
    column: Annotated[
        list[str] | None,
        typer.Option(
            help="Where a value stands: question=data, contexts=output.0.retrieved.*.text. "
            "Repeatable."
        ),
    ] = None,
    config: ConfigOption = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder for report.html and report.json.")
    ] = None,
) -> None:
    """Measure what a pipeline really retrieved and answered, as it was recorded."""
    from ragcheck.cli.audit import audit_file
    from ragcheck.config import read_config

    audit_file(traces, column or (), read_config(config), output)


@app.command()
def report(
    run: Annotated[str, typer.Argument(help="A finished run folder, or its URL.")],
    format: Annotated[  # noqa: A002 - the option's name
        str, typer.Option("--format", "-f", help="html, json, md, sarif or junit.")
    ] = "html",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file; standard output if not given.")
    ] = None,
) -> None:
    """A finished run in another format."""
    from ragcheck.cli.report import write_report
    from ragcheck.pipeline.storage import local_copy

    with local_copy(run) as folder:
        write_report(folder, format, output)


@app.command()
def verify(run: Annotated[Path, typer.Argument(help="A finished run folder.")]) -> None:
    """Is every file of a run, and of ragcheck's caches, the one that was written?"""
    from ragcheck.cli.verify import verify_folder

    verify_folder(run)


@app.command()
def check(
    corpus: CorpusArgument,
    questions: QuestionsOption = None,
    config: ConfigOption = None,
    format: Annotated[  # noqa: A002 - the option's name
        list[str] | None,
        typer.Option(
            "--format",
            "-f",
            help="text, json, sarif, junit, github or markdown; NAME=FILE for a file. Repeatable.",
        ),
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(help="Accepted findings; ragcheck-baseline.json if it is there."),
    ] = None,
    update_baseline: Annotated[
        bool, typer.Option("--update-baseline", help="Accept what is found now.")
    ] = False,
    changed_only: Annotated[
        bool,
        typer.Option("--changed-only", help="Only what touches documents that changed."),
    ] = False,
    since: Annotated[
        str | None,
        typer.Option(help="Changed since this git revision (implies --changed-only)."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder that keeps measured evidence.")
    ] = None,
    profile: ProfileOption = False,
    backend: BackendOption = None,
    workers: WorkersOption = None,
) -> None:
    """Hold the evidence against the gates of ragcheck.toml; exits with 0, 1, 2 or 3."""
    from ragcheck.cli.check import check_corpus, default_baseline
    from ragcheck.pipeline.checking import Scope
    from ragcheck.pipeline.storage import local_corpus

    accepted = default_baseline(baseline, update=update_baseline)
    scope = Scope(accepted, update_baseline, changed_only, since)
    with local_corpus(corpus) as folder:
        code = check_corpus(
            folder,
            questions,
            config,
            scope,
            formats=format or (),
            output=output,
            profiled=profile,
            overrides=_overrides(backend, workers),
        )
    raise typer.Exit(code)


@app.command()
def rules(
    names: Annotated[
        list[str] | None, typer.Argument(help="RC101 RC402; all of them if not given.")
    ] = None,
    format: Annotated[  # noqa: A002 - the option's name
        str, typer.Option("--format", "-f", help="text or md.")
    ] = "text",
    language: Annotated[str, typer.Option(help="en or zh.")] = "en",
    config: ConfigOption = None,
) -> None:
    """Every rule: why, its threshold and source, how to mend and how to silence it."""
    from ragcheck.cli.rules import rule_text

    told = rule_text(names or (), format_name=format, language=language, config=config)
    typer.echo(told, nl=False)


@app.command()
def init(
    path: Annotated[Path, typer.Argument(help="Where to write it.")] = Path("ragcheck.toml"),
) -> None:
    """Write a ragcheck.toml to start from, with every key and its default."""
    from ragcheck.cli.init import write_config

    write_config(path)
    typer.echo(f"wrote {path}")
