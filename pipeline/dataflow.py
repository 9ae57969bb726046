"""Runs the flow on Google Cloud Dataflow; --dry-run builds and checks the job, without network or credentials."""

from __future__ import annotations

import re
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import (
    DebugOptions,
    GoogleCloudOptions,
    PipelineOptions,
    WorkerOptions,
)
from apache_beam.options.pipeline_options_validator import PipelineOptionsValidator
from apache_beam.runners.dataflow.dataflow_runner import DataflowRunner
from apache_beam.runners.pipeline_utils import group_by_key_input_visitor
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.runners.runner import PipelineRunner
from apache_beam.transforms.environments import DockerEnvironment, resource_hints_from_options

from pipeline.flow import build
from pipeline.folder import output_folder
from pipeline.identity import Plan
from pipeline.options import OptionError
from pipeline.runner_options import RunnerOptions
from transforms.publish import Target
from transforms.storage import is_local

THREADS = 1  # Dataflow starts a process a core, and one a GPU where it is told to
ACCELERATOR = "worker_accelerator="
ONE_PROCESS = "no_use_multiple_sdk_containers"
# What a run costs is decided by these.
COST = ("project", "region", "machine_type", "num_workers", "max_num_workers", "autoscaling_algorithm", "disk_size_gb",
        "worker_disk_type", "sdk_container_image", "dataflow_service_options", "flexrs_goal", "resource_hints",
        "number_of_worker_harness_threads", "experiments", "temp_location", "staging_location")  # fmt: skip


def run_dataflow(plan: Plan, runner: RunnerOptions, *, retry: bool = False) -> None:
    """Submits the plan and waits for its end; with --dry-run prints the job instead, and nothing is written anywhere.

    Raises OptionError where the job cannot be meant, or the libraries of Google Cloud are missing.
    """
    options = PipelineOptions(list(runner.beam))
    if problems := find_problems(plan, options):
        raise OptionError("Dataflow:\n  " + "\n  ".join(problems))
    if runner.dry_run:
        target = Target(plan.options.out, plan.options.shards, plan.run.fingerprint, retry)
        # Named as a service, Beam would ask Google for the buckets.
        print(describe_job(_pipeline(plan, options, target, FnApiRunner()), options))
        return
    try:
        import google.cloud.dataflow  # noqa: F401
    except ImportError as error:
        raise OptionError(f"Dataflow needs `pip install 'multigrain[gcp]'`: {error}") from error
    with output_folder(plan, retry=retry) as target:
        _pipeline(plan, options, target, DataflowRunner()).run().wait_until_finish()


def _pipeline(plan: Plan, options: PipelineOptions, target: Target, runner: PipelineRunner) -> beam.Pipeline:
    p = beam.Pipeline(runner=runner, options=options)
    build(p, plan, target, THREADS)
    return p


def find_problems(plan: Plan, options: PipelineOptions) -> list[str]:
    """Returns why a job with these options could not run, or would not do what it costs."""
    o, worker, debug = plan.options, options.view_as(WorkerOptions), options.view_as(DebugOptions)
    cloud, validator = options.view_as(GoogleCloudOptions), PipelineOptionsValidator(options, DataflowRunner())
    problems = [*validator.validate_cloud_options(cloud), *validator.validate_gcs_path(cloud, "temp_location")]
    if cloud.staging_location:
        problems += validator.validate_gcs_path(cloud, "staging_location")
    if not worker.sdk_container_image:
        problems.append(
            "--sdk_container_image=IMAGE: workers need this project, its models and its libraries; see docker/"
        )
    paths = {"--out": (o.out,), "--images": (o.images or "",), "a caption file": o.annotations}
    for option, given in paths.items():
        problems += [f"{option}: no worker sees {path!r} of this machine" for path in given if path and is_local(path)]
    accelerator = next((s for s in _services(options) if s.startswith(ACCELERATOR)), None)
    if o.images is not None and o.device == "cuda" and accelerator is None:
        problems.append(
            f"--device cuda: no GPU is asked for; --dataflow_service_options={ACCELERATOR}type:nvidia-l4;count:1;"
            "install-nvidia-driver"
        )
    if accelerator is not None:
        if not re.fullmatch(rf"{ACCELERATOR}type:[\w-]+;count:\d+;install-nvidia-driver(:[\w.]+)?(;.*)?", accelerator):
            problems.append(f"{accelerator!r} is not {ACCELERATOR}type:TYPE;count:N;install-nvidia-driver[:VERSION]")
        if "use_nvidia_mps" not in accelerator and ONE_PROCESS not in (debug.experiments or []):
            problems.append(
                f"a process a core would load the detector into one GPU: --experiments={ONE_PROCESS} (one process) "
                "or use_nvidia_mps in the accelerator (several that share it)"
            )
        if o.device != "cuda":
            problems.append(f"a GPU is asked for and --device is {o.device!r}: --device cuda would use it")
    return problems


def _services(options: PipelineOptions) -> list[str]:
    return list(options.view_as(GoogleCloudOptions).dataflow_service_options or [])


def describe_job(p: beam.Pipeline, options: PipelineOptions) -> str:
    """Returns the graph of a job, a stage a line with what it reads, and the settings that decide its cost.

    Raises ValueError where Dataflow would refuse the graph: a key whose encoding may differ from worker to worker.
    """
    p.visit(group_by_key_input_visitor(True))
    environment = DockerEnvironment.from_container_image(
        options.view_as(WorkerOptions).sdk_container_image, resource_hints=resource_hints_from_options(options)
    )
    proto = p.to_runner_api(default_environment=environment)
    transforms = proto.components.transforms
    (root,) = proto.root_transform_ids
    producer: dict[str, str] = {}
    lines = [f"{'stage':20}reads"]
    for stage in (transforms[i] for i in transforms[root].subtransforms):
        reads = sorted({producer[i] for i in stage.inputs.values() if i in producer})
        lines.append(f"{stage.unique_name:20}{', '.join(reads) or '-'}")
        producer |= dict.fromkeys(stage.outputs.values(), stage.unique_name)
    settings = options.get_all_options()
    lines += ["", "setting", *(f"  {name:34}{_shown(settings.get(name))}" for name in COST), ""]
    shuffles = sum(transform.spec.urn == "beam:transform:group_by_key:v1" for transform in transforms.values())
    size = len(proto.SerializeToString())
    lines.append(f"{len(transforms)} transforms, {shuffles} of them shuffles; {size:,} bytes, Dataflow takes 10 MB")
    return "\n".join(lines)


def _shown(value: Any) -> str:
    if value is None or value in ([], {}):
        return "(Dataflow's choice)"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
