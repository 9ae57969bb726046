"""The command line: python -m pipeline run | retry | verify | report | show | export | parse | label | search.

Exit codes: 0 done; 1 failed, run the same command again to resume; 2 wrong options or input, nothing was done;
3 complete, but a stage rejected more than --max-rejected; 4 verify found damage.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline import quiet  # noqa: F401  # before Beam is imported

# isort: split
from apache_beam.io.filesystems import FileSystems

from pipeline.options import OptionError, RunOptions, add_run_arguments, run_options
from pipeline.runner_options import Runner, RunnerOptions, add_runner_arguments, runner_options
from transforms.annotation_files import AnnotationFileError

_LAST_LINE = re.compile(r"[A-Za-z_][\w.]*(Error|Exception|Interrupt)\b.*")
_RUNNING = re.compile(r" \[while running '[^']*'\]")

OK, FAILED, WRONG, REJECTED, DAMAGED = range(5)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    parser = _parser()
    args, rest = parser.parse_known_args(arguments)
    if rest and "runner" not in args:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    args.rest = rest
    try:
        return int(args.command(args))
    except OptionError as error:
        print(f"error: {error}", file=sys.stderr)
        return WRONG
    except KeyboardInterrupt:
        print("interrupted; run the same command again to go on", file=sys.stderr)
        return FAILED
    except Exception as error:
        logging.getLogger(__name__).error("failed", exc_info=True)
        cause = root_cause(error)
        if cause.startswith(AnnotationFileError.__name__):
            print(f"error: {cause.partition(': ')[2]}", file=sys.stderr)
            return WRONG
        print(f"failed: {cause}\nRun the same command again to go on where it stopped.", file=sys.stderr)
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m pipeline", description="photos and captions -> verified shards")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    # No abbreviations: Beam's --region is not our --regions.
    run = commands.add_parser(
        "run", help="make a data set, or go on with one", description="make a data set", allow_abbrev=False
    )
    add_run_arguments(run)
    add_runner_arguments(run)
    run.set_defaults(command=_run)

    retry = commands.add_parser("retry", help="try the rejected records of a data set again", allow_abbrev=False)
    retry.add_argument("out", metavar="OUT")
    add_runner_arguments(retry)
    retry.set_defaults(command=_retry)

    verify = commands.add_parser("verify", help="check every byte of a data set")
    verify.add_argument("out", metavar="OUT", type=Path)
    verify.set_defaults(command=_verify)

    report = commands.add_parser("report", help="write report.html: a page to look at a data set with")
    report.add_argument("out", metavar="OUT", type=Path)
    report.set_defaults(command=_report)

    show = commands.add_parser("show", help="print one image of a data set: regions, graphs, labels")
    show.add_argument("out", metavar="OUT", type=Path)
    show.add_argument("image_id", metavar="IMAGE_ID")
    show.set_defaults(command=_show)

    export = commands.add_parser("export", help="write a data set in the formats that others train on")
    export.add_argument("out", metavar="OUT", type=Path)
    export.add_argument("to", metavar="precomp:DIR|tsv:FILE")
    export.set_defaults(command=_export)

    parse = commands.add_parser("parse", help="captions, a line each -> scene graphs, a JSON object a line")
    parse.add_argument(
        "captions", metavar="CAPTIONS.txt", help='or .jsonl, {"caption": ...} a line; - for standard input'
    )
    parse.add_argument("graphs", metavar="GRAPHS.jsonl", help="- for standard output")
    parse.add_argument("--svg", metavar="FILE", type=Path, help="draw the first caption's graph there")
    parse.add_argument("--parser", metavar="SPEC", help="spacy:<model> or stanza:<folder>")
    parse.set_defaults(command=_parse)

    label = commands.add_parser(
        "label",
        help="captions, and captions that are true of the same photo -> which phrase is true, false, unknown",
        description='a line {"id", "positives": [caption...], "captions": [caption...]} in, the same id and each '
        "caption's labelled phrases out; see docs/phrase_labels.md",
    )
    label.add_argument("source", metavar="IN.jsonl", help="- for standard input")
    label.add_argument("sink", metavar="OUT.jsonl", help="- for standard output")
    label.add_argument(
        "--artifacts", metavar="OUT", type=Path, help="a run whose corpus.json to go by, not Flickr30K's"
    )
    label.add_argument("--parser", metavar="SPEC", help="spacy:<model> or stanza:<folder>")
    label.set_defaults(command=_label)

    search = commands.add_parser("search", help="photos that a trained model finds for words, phrase by phrase")
    from multigrain.__main__ import add_search_arguments

    add_search_arguments(search)
    search.add_argument("--parser", metavar="SPEC", help="spacy:<model> or stanza:<folder>")
    search.set_defaults(command=_search)
    return parser


def _run(args: argparse.Namespace) -> int:
    runner = runner_options(args, args.rest)
    return _execute(run_options(args), runner, retry=False)


def _retry(args: argparse.Namespace) -> int:
    from schemas.manifest import RUN, RunRecord
    from transforms.storage import read_text

    runner = runner_options(args, args.rest)
    path = FileSystems.join(args.out, RUN)
    try:
        record = RunRecord.from_json(read_text(path))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OptionError(f"{path}: not the record of a run: {error}") from error
    return _execute(RunOptions.from_dict({**record.options, "out": args.out}), runner, retry=True)


def _execute(options: RunOptions, runner: RunnerOptions, *, retry: bool) -> int:
    from pipeline.identity import make_plan
    from pipeline.summary import reasons, table, warnings, worst_fraction
    from schemas.manifest import DEAD_LETTERS, MANIFEST
    from transforms.storage import is_local, read_text

    _run_on(runner.runner)(make_plan(options, check_files=not runner.dry_run, here=runner.here), runner, retry=retry)
    if runner.dry_run:
        return OK
    manifest = json.loads(read_text(FileSystems.join(options.out, MANIFEST)))
    letters = read_text(FileSystems.join(options.out, DEAD_LETTERS)).splitlines()
    print(table(manifest))
    if manifest["notes"]:
        print(f"\n{warnings(manifest)}")
    if letters:
        print(f"\nrejected ({DEAD_LETTERS} has them all; mend them and `python -m pipeline retry {options.out}`):")
        print(reasons([json.loads(line) for line in letters]))
    print(f"\n{manifest['rows']:,} images in {len(manifest['files'])} files: {options.out}")
    if is_local(options.out):  # the page is made from files, and made at any time by `report`
        _write_report_if_possible(Path(options.out))
    return REJECTED if worst_fraction(manifest) > options.max_rejected else OK


def _run_on(runner: Runner) -> Callable[..., None]:
    """Returns what runs a plan; the libraries of the others are not imported."""
    if runner == "flink":
        from pipeline.flink import run_flink

        return run_flink
    if runner == "dataflow":
        from pipeline.dataflow import run_dataflow

        return run_dataflow
    from pipeline.direct import run_direct

    return run_direct


def _verify(args: argparse.Namespace) -> int:
    from schemas.verify import verify

    problems = 0
    for problem in verify(args.out):
        print(problem)
        problems += 1
    print(f"{args.out}: " + (f"{problems} problems" if problems else "every file is whole"))
    return DAMAGED if problems else OK


def _report(args: argparse.Namespace) -> int:
    from report.data_set import ReportError
    from report.write_report import write_report

    try:
        print(write_report(args.out))
    except ReportError as error:
        raise OptionError(str(error)) from error
    return OK


def _show(args: argparse.Namespace) -> int:
    from report.data_set import DataSet, ReportError
    from report.show import show

    try:
        print(show(DataSet(args.out), args.image_id), flush=True)
    except BrokenPipeError:  # whoever reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except ReportError as error:
        raise OptionError(str(error)) from error
    return OK


def _write_report_if_possible(out: Path) -> None:
    """Writes the page of a data set that is complete with it or without it."""
    from report.data_set import ReportError
    from report.write_report import write_report

    try:
        print(f"report: {write_report(out)}")
    except (ReportError, OSError) as error:
        print(f"warning: the data set is complete, but its report is not written: {error}", file=sys.stderr)


def _export(args: argparse.Namespace) -> int:
    from pipeline.export import export

    print("\n".join(export(args.out, args.to)))
    return OK


def _parse(args: argparse.Namespace) -> int:
    from pipeline.parse import parse_file
    from transforms.scene_graphs import DEFAULT

    count = parse_file(args.captions, args.graphs, args.parser or DEFAULT, args.svg)
    print(f"{count:,} captions: {args.graphs}", file=sys.stderr)
    return OK


def _label(args: argparse.Namespace) -> int:
    from pipeline.label import label_file
    from transforms.scene_graphs import DEFAULT

    tally = label_file(args.source, args.sink, args.parser or DEFAULT, args.artifacts)
    for problem in tally.rejected:
        print(problem, file=sys.stderr)
    print(f"{tally.labelled:,} records labelled, {len(tally.rejected):,} rejected: {args.sink}", file=sys.stderr)
    return REJECTED if tally.rejected else OK


def _search(args: argparse.Namespace) -> int:
    from pipeline.search import search

    try:
        return search(args)
    except (FileNotFoundError, ValueError) as error:
        raise OptionError(str(error)) from error


def root_cause(error: BaseException) -> str:
    """Returns "<type>: <message>" of what went wrong first, without Beam's layers above it.

    An error of a worker process reaches us as the text of its traceback; then it is the last line of that.
    """
    while error.__cause__ is not None:
        error = error.__cause__
    text = f"{type(error).__name__}: {error}".strip()
    lines = [line for line in text.splitlines() if _LAST_LINE.match(line)]
    text = lines[-1] if "Traceback" in text and lines else text
    return _RUNNING.sub("", text).removeprefix("transforms.annotation_files.")


if __name__ == "__main__":
    sys.exit(main())
