"""A standalone Flink cluster on the loopback interface: JobManager, TaskManagers, Beam's job server, a worker pool."""

from __future__ import annotations

import json
import shutil
import signal
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType

from cluster.parts import FOLDER, Parts, fetch_parts
from cluster.processes import HOST, POLL, Child, ClusterError, Supervised, free_ports

START = 60.0  # seconds that a part may take to start
JOB_MANAGER = "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint"
TASK_MANAGER = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner"
HEAP = {"JobManager": 384, "TaskManager": 512, "job server": 512}  # MiB
MARK = "MULTIGRAIN_CLUSTER"  # the folder of its run, in the environment of every process of a cluster
LOGGING = """\
rootLogger.level = INFO
rootLogger.appenderRef.console.ref = Console
appender.console.name = Console
appender.console.type = CONSOLE
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{HH:mm:ss,SSS} %-5p %c{1} - %m%n
"""


@dataclass
class Cluster:
    """A cluster that runs, and who its processes are."""

    parallelism: int
    folder: Path  # configuration, logs, temporary files; gone with the cluster
    master: str  # HOST:PORT of the JobManager's REST interface and of its web page
    job_endpoint: str  # HOST:PORT of the job server
    artifact_endpoint: str
    pool: str  # HOST:PORT of the worker pool
    children: dict[str, Child] = field(default_factory=dict)
    supervised: dict[str, Supervised] = field(default_factory=dict)

    def failure(self) -> str:
        """Returns what has died that nobody starts again, "" where nothing has."""
        for name in ("JobManager", "job server"):
            if not self.children[name].running():
                return self.children[name].epitaph()
        return ""

    def beam_options(self) -> list[str]:
        """Returns the pipeline options of a job for this cluster."""
        workers = -(-self.parallelism // len(task_managers(self.children)))
        return [
            f"--job_endpoint={self.job_endpoint}",
            f"--artifact_endpoint={self.artifact_endpoint}",
            "--environment_type=EXTERNAL",
            f"--environment_config={self.pool}",
            f"--sdk_worker_parallelism={workers}",
        ]


@contextmanager
def flink_cluster(
    pool: Callable[[int], Sequence[str]],
    parallelism: int = 2,
    *,
    managers: int = 2,
    env: Mapping[str, str] | None = None,
    parts: Parts | None = None,
    folder: Path = FOLDER,
) -> Iterator[Cluster]:
    """Yields a cluster that runs until the block ends, however it ends.

    `pool` returns the command that starts a worker pool on a port of the loopback interface. There are slots enough for
    the parallelism with one TaskManager less; nobody starts a dead TaskManager again, as nobody may on a real cluster.

    Raises PartsError or ClusterError.
    """
    parts = parts or fetch_parts(folder)
    run = Path(tempfile.mkdtemp(prefix="run-", dir=folder))
    with ExitStack() as stack:
        stack.push(partial(_tidy, run, folder / "failed"))
        stack.enter_context(_terminated_as_interrupted())
        (run / "tmp").mkdir()
        rpc, rest, job, artifacts, expansion, workers = free_ports(6)
        slots = -(-parallelism // max(1, managers - 1))
        (run / "config.yaml").write_text(json.dumps(_configuration(run, rpc, rest, slots)))  # JSON is YAML
        (run / "log4j.properties").write_text(LOGGING)
        env = {"TMPDIR": str(run / "tmp"), MARK: str(run), **(env or {})}

        def start(name: str, command: Sequence[str]) -> Child:
            child = Child(name, command, run / f"{name.replace(' ', '-')}.log", env, cwd=run)
            stack.callback(child.stop)
            cluster.children[name] = child
            return child

        cluster = Cluster(
            parallelism, run, f"{HOST}:{rest}", f"{HOST}:{job}", f"{HOST}:{artifacts}", f"{HOST}:{workers}"
        )
        supervised = Supervised("worker pool", pool(workers), run / "worker-pool.log", env, cwd=Path.cwd())
        stack.callback(supervised.stop)
        cluster.supervised["worker pool"] = supervised
        manager = start("JobManager", _flink(parts, "JobManager", JOB_MANAGER, run))
        manager.wait_for_port(rest, START)
        for i in range(managers):
            start(f"TaskManager {i}", _flink(parts, "TaskManager", TASK_MANAGER, run))
        server = start("job server", _job_server(parts, run, rest, job, artifacts, expansion))
        server.wait_for_port(job, START)
        supervised.child.wait_for_port(workers, START)
        _wait_for_slots(cluster, managers * slots)
        yield cluster


def _tidy(run: Path, failed: Path, kind: type[BaseException] | None, *_: object) -> None:
    """Removes the folder of a run; its logs stay, as the last failed run's, where it has failed."""
    if kind is not None:
        shutil.rmtree(failed, ignore_errors=True)
        failed.mkdir()
        for log in run.glob("*.log"):
            log.rename(failed / log.name)
    shutil.rmtree(run, ignore_errors=True)
    if kind is not None:
        with suppress(OSError):  # nobody may read it any more
            print(f"logs of the cluster: {failed}", file=sys.stderr)


def task_managers(children: Mapping[str, Child]) -> list[Child]:
    return [child for name, child in children.items() if name.startswith("TaskManager")]


def _configuration(run: Path, rpc: int, rest: int, slots: int) -> dict[str, object]:
    return {
        "jobmanager.bind-host": HOST,
        "jobmanager.rpc.address": HOST,
        "jobmanager.rpc.port": rpc,
        "rest.address": HOST,
        "rest.bind-address": HOST,
        "rest.port": rest,
        # A client that has lost its JobManager gives up after half a minute.
        "rest.retry.max-attempts": 10,
        "rest.retry.delay": 3000,
        "taskmanager.bind-host": HOST,
        "taskmanager.host": HOST,
        "taskmanager.numberOfTaskSlots": slots,
        # Tasks go to all TaskManagers, so that each starts workers.
        "taskmanager.load-balance.mode": "SLOTS",
        # All sizes that Flink's shell scripts would work out.
        "taskmanager.cpu.cores": float(slots),
        "taskmanager.memory.task.heap.size": f"{HEAP['TaskManager'] - 128}m",
        "taskmanager.memory.task.off-heap.size": "128m",
        "taskmanager.memory.framework.heap.size": "128m",
        "taskmanager.memory.framework.off-heap.size": "64m",
        "taskmanager.memory.jvm-metaspace.size": "256m",
        "taskmanager.memory.jvm-overhead.min": "128m",
        "taskmanager.memory.jvm-overhead.max": "128m",
        "taskmanager.memory.managed.size": "128m",
        "taskmanager.memory.network.min": "192m",
        "taskmanager.memory.network.max": "192m",
        # Little is shuffled here, and one TaskManager must have room for the shuffles of two.
        "taskmanager.network.sort-shuffle.min-buffers": 64,
        # A lost TaskManager is noticed after 10 s without a heartbeat, and the job begun again 2 s later.
        "heartbeat.interval": 2000,
        "heartbeat.timeout": 10_000,
        "restart-strategy.type": "fixed-delay",
        "restart-strategy.fixed-delay.attempts": 10,
        "restart-strategy.fixed-delay.delay": "2 s",
        "io.tmp.dirs": str(run / "tmp"),
        "blob.storage.directory": str(run / "tmp"),
    }


def _java(parts: Parts, name: str, run: Path) -> list[str]:
    # The records are few and the work is Python's: what a JVM would gain by compiling much costs more than it saves.
    frugal = [f"-Xmx{HEAP[name]}m", "-XX:MaxMetaspaceSize=256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
    logging = [f"-Djava.io.tmpdir={run / 'tmp'}", f"-Dlog4j.configurationFile={run / 'log4j.properties'}"]
    return [parts.java, *frugal, *logging]


def _flink(parts: Parts, name: str, main: str, run: Path) -> list[str]:
    return [
        *_java(parts, name, run),
        *parts.java_options,
        "-cp",
        ":".join(map(str, parts.flink)),
        main,
        "--configDir",
        str(run),
    ]


def _job_server(parts: Parts, run: Path, rest: int, job: int, artifacts: int, expansion: int) -> list[str]:
    return [
        *_java(parts, "job server", run),
        "-jar",
        str(parts.job_server),
        "--flink-master",
        f"{HOST}:{rest}",
        "--flink-conf-dir",
        str(run),
        "--artifacts-dir",
        str(run / "artifacts"),
        "--job-host",
        HOST,
        "--job-port",
        str(job),
        "--artifact-port",
        str(artifacts),
        "--expansion-port",
        str(expansion),
    ]


def _wait_for_slots(cluster: Cluster, slots: int) -> None:
    end = time.monotonic() + START
    while True:
        with urllib.request.urlopen(f"http://{cluster.master}/overview", timeout=10) as answer:
            found = json.load(answer)["slots-total"]
        if found == slots:
            return
        for child in cluster.children.values():
            if not child.running():
                raise ClusterError(child.epitaph())
        if time.monotonic() > end:
            raise ClusterError(f"{found} of {slots} task slots after {START:.0f} s")
        time.sleep(POLL)


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """Within the block SIGTERM unwinds the main thread as Ctrl-C does, so that the cluster is stopped."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(signum: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
