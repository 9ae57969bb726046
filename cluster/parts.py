"""Fetches what a Flink cluster is made of, once: Flink from PyPI, Beam's job server from Maven.

    python -m cluster.parts        # fetches, and prints where the parts lie

Needs Java 11 or 17 and Maven; `apt-get install openjdk-17-jre-headless maven` has both.
"""

from __future__ import annotations

import fcntl
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

FLINK = "apache-flink-libraries==1.19.3"
POM = Path(__file__).with_name("pom.xml")
FOLDER = Path(__file__).parent.parent / "build" / "flink"  # git ignores it
# What Flink and Kryo reach into; from Java 17 on it must be named.
OPENS = ("java.lang", "java.lang.reflect", "java.io", "java.net", "java.nio", "java.text", "java.time",
         "java.util", "java.util.concurrent", "java.util.concurrent.atomic", "java.util.concurrent.locks",
         "sun.nio.ch")  # fmt: skip
EXPORTS = ("sun.net.util",)
MAIN = "org.apache.beam.runners.flink.FlinkJobServerDriver"
# The job server's own copies of what the cluster brings in another version.
_OF_THE_CLUSTER = re.compile(r"flink-|slf4j-|log4j-")
_NOT_NEEDED = re.compile(r"flink-(table|cep|scala|connector|csv|json)")


class PartsError(RuntimeError):
    """Something that a cluster needs is missing; the message says what, and how it is had."""


@dataclass(frozen=True)
class Parts:
    java: str  # the program
    flink: tuple[Path, ...]  # jars of JobManager and TaskManager
    job_server: Path  # a jar that names the job server's others

    @property
    def java_options(self) -> list[str]:
        opens = [f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in OPENS]
        return [*opens, *(f"--add-exports=java.base/{name}=ALL-UNNAMED" for name in EXPORTS)]


def fetch_parts(folder: Path = FOLDER) -> Parts:
    """Returns the parts of a cluster, fetched where they are not yet there (a minute or two, 500 MB).

    Raises PartsError where Java or Maven is missing, or a registry does not answer.
    """
    java = _program("java")
    wanted = sha256(FLINK.encode() + POM.read_bytes() + Path(__file__).read_bytes()).hexdigest()
    flink, beam, server, mark = folder / "flink", folder / "beam", folder / "job-server.jar", folder / "complete"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not mark.exists() or mark.read_text() != wanted:
            mark.unlink(missing_ok=True)
            shutil.rmtree(flink, ignore_errors=True)
            shutil.rmtree(beam, ignore_errors=True)
            print(f"fetching Flink and Beam's job server into {folder}", file=sys.stderr)
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
            _run([*pip, "--target", str(flink), FLINK])
            copy = ["dependency:copy-dependencies", f"-DoutputDirectory={beam.resolve()}"]
            _run([_program("mvn"), "--quiet", "--batch-mode", "--file", str(POM), *copy])
            jars = [
                *_flink_jars(flink),
                *(jar for jar in sorted(beam.glob("*.jar")) if not _OF_THE_CLUSTER.match(jar.name)),
            ]
            write_launcher(server, MAIN, jars)
            mark.write_text(wanted)
    return Parts(java, tuple(_flink_jars(flink)), server)


def write_launcher(path: Path, main: str, jars: Sequence[Path]) -> None:
    """Writes a jar for `java -jar` that starts a main class with other jars on its class path."""
    fields = {
        "Manifest-Version": "1.0",
        "Main-Class": main,
        "Class-Path": " ".join(jar.resolve().as_uri() for jar in jars),
        "Add-Opens": " ".join(f"java.base/{name}" for name in OPENS),
        "Add-Exports": " ".join(f"java.base/{name}" for name in EXPORTS),
    }
    with zipfile.ZipFile(path, "w") as jar:
        jar.writestr("META-INF/MANIFEST.MF", "".join(_folded(f"{k}: {v}") for k, v in fields.items()) + "\n")


def _folded(line: str) -> str:
    """Returns a line of a manifest, which may not be longer than 72 bytes: what follows begins with a space."""
    pieces = [line[:70], *(line[i : i + 69] for i in range(70, len(line), 69))]
    return "\n ".join(pieces) + "\n"


def _flink_jars(folder: Path) -> list[Path]:
    return [jar for jar in sorted(folder.glob("pyflink/lib/*.jar")) if not _NOT_NEEDED.match(jar.name)]


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise PartsError(f"{name} is not installed; `apt-get install openjdk-17-jre-headless maven` brings it")
    return found


def _run(command: list[str]) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = (done.stdout + done.stderr).strip().splitlines()
        raise PartsError(f"{Path(command[0]).name} failed ({done.returncode}):\n  " + "\n  ".join(lines[-5:]))


if __name__ == "__main__":
    print(fetch_parts().job_server)
