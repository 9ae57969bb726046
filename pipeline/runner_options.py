"""Which runner runs the flow, and where: nothing here decides a byte, so a run may go on under another runner."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions

from pipeline.options import OptionError

Runner = Literal["direct", "flink", "dataflow"]
DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class RunnerOptions:
    runner: Runner = "direct"
    flink_master: str | None = None  # HOST:PORT of a cluster's REST interface; Beam's FlinkRunner brings the job server
    job_endpoint: str | None = None  # HOST:PORT of a job server that runs
    time_limit: float = DAY  # seconds that a job on a cluster may take
    dry_run: bool = False
    beam: tuple[str, ...] = ()  # options of Beam's own, --name=value

    def __post_init__(self) -> None:
        if self.runner != "flink" and (self.flink_master or self.job_endpoint):
            raise OptionError("--flink-master and --job-endpoint are of --runner flink")
        if self.flink_master and self.job_endpoint:
            raise OptionError(
                "--flink-master starts a job server, --job-endpoint names one that runs: give one of them"
            )
        if self.dry_run and self.runner != "dataflow":
            raise OptionError("--dry-run is of --runner dataflow")
        if self.time_limit <= 0:
            raise OptionError(f"--time-limit must be more than 0 seconds, not {self.time_limit}")
        _check_beam_options(self.beam)

    @property
    def here(self) -> bool:
        """Returns whether the work is done on this machine."""
        return self.runner == "direct" or (self.runner == "flink" and not (self.flink_master or self.job_endpoint))


def add_runner_arguments(parser: ArgumentParser) -> None:
    """Adds the arguments that say where a flow runs to the parser of a command."""
    group = parser.add_argument_group(
        "where it runs", "docs/runners.md; options of Beam itself are passed on if written as --name=value"
    )
    group.add_argument("--runner", choices=get_args(Runner), default="direct", help="(direct: on this machine)")
    group.add_argument("--flink-master", metavar="HOST:PORT", help="a Flink cluster; by default one is started here")
    group.add_argument("--job-endpoint", metavar="HOST:PORT", help="a Beam job server that runs already")
    group.add_argument("--time-limit", type=float, default=DAY, metavar="SECONDS", help="of a job on a cluster (a day)")
    group.add_argument("--dry-run", action="store_true", help="dataflow: build and check the job, do not submit it")


def runner_options(arguments: Namespace, beam: Sequence[str]) -> RunnerOptions:
    """Returns the runner's options of a parsed command line and of what the parser left over.

    From here on Beam's file systems know their options (an endpoint, a region). Raises OptionError.
    """
    names = ("runner", "flink_master", "job_endpoint", "time_limit", "dry_run")
    options = RunnerOptions(**{name: getattr(arguments, name) for name in names}, beam=tuple(beam))
    FileSystems.set_options(PipelineOptions(list(beam)))
    return options


def _check_beam_options(flags: Sequence[str]) -> None:
    """Raises OptionError for what is no option of Beam, which would be ignored without a word."""
    parser = ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    for options in PipelineOptions.__subclasses__():
        options._add_argparse_args(parser)
    for flag in flags:
        name, equals, _ = flag.partition("=")
        action = parser._option_string_actions.get(name)
        if action is None:
            raise OptionError(f"{flag!r} is neither an option of this command nor one of Beam")
        if action.nargs != 0 and not equals:
            raise OptionError(f"{flag}: options of Beam are written as {name}=VALUE")
