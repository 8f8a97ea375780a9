#!/usr/bin/env python3
"""fetch_debian.py - files of Debian, for tests and for a look at a Linux that others built.

Usage: fetch_debian.py FOLDER NAME...

Each NAME is a row of SETS: the packages of a suite, unpacked into FOLDER/NAME. They come from the mirrors of this
machine's own apt configuration and are checked by apt against Debian's keys; apt's state is FOLDER's too. What is
there already is left as it is, so that several build folders and tests, at the same time too, may share one FOLDER.
Ends with code 77, as a test that is skipped, where that cannot be done: no apt, no network.
"""

import fcntl
import re
import shutil
import subprocess
import sys
from pathlib import Path

# name: suite, architecture (None: this machine's), packages. A name that ends in * stands for the package of such a
# name that the package before it, a metapackage, depends on.
SETS = {
    "riscv64": ("trixie", "riscv64", ("busybox-static", "bash-static", "libsqlite3-dev")),
    "native": ("trixie", None, ("busybox-static", "bash-static", "libsqlite3-dev")),
    "linux": ("trixie", "riscv64", ("linux-image-riscv64", "linux-image-*")),
    "firmware": ("bookworm", None, ("opensbi", "u-boot-qemu")),
}
KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
TIMEOUT = 300  # seconds, for one command
SKIPPED = 77


class Missing(Exception):
    """What is needed is not there."""


def run(*words, **options):
    done = subprocess.run(words, capture_output=True, text=True, timeout=TIMEOUT, check=False, **options)
    if done.returncode != 0:
        raise Missing(f"{words[0]} failed: {done.stderr.strip()[-500:]}")
    return done.stdout


def mirrors():
    """Addresses of the repositories that apt is told of, those of a Debian archive only."""
    lines = run("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Component: main")
    found = [line for line in dict.fromkeys(lines.split()) if line.rstrip("/").endswith("/debian")]
    if not found:
        raise Missing("apt knows no mirror of Debian")
    return found


def apt(command, folder, architecture, *words, **options):
    """apt-get or apt-cache for another architecture and suite, with nothing of the machine's own state."""
    settings = {
        "APT::Architecture": architecture,
        "APT::Architectures": architecture,
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
        "Acquire::http::Timeout": "30",
        "APT::Sandbox::User": "",
        "Dir::Cache": folder / "cache",
        "Dir::Etc::SourceList": folder / "sources.list",
        "Dir::Etc::SourceParts": "-",
        "Dir::State": folder / "state",
        "Dir::State::Status": folder / "state/status",
    }
    return run(command, *(f"-o{name}={value}" for name, value in settings.items()), *words, **options)


def resolve(work, architecture, packages):
    """The packages with the ones that a name with * stands for."""
    names = []
    for package in packages:
        if package.endswith("*"):
            depends = apt("apt-cache", work, architecture, "depends", names[-1])
            found = re.search(rf"^\s*Depends: ({re.escape(package[:-1])}\S+)$", depends, re.MULTILINE)
            if not found:
                raise Missing(f"{names[-1]} depends on no {package}")
            package = found[1]
        names.append(package)
    return names


def fetch_from(mirror, folder, suite, architecture, packages):
    shutil.rmtree(folder, ignore_errors=True)
    work = folder / "apt"
    for name in ("cache/archives/partial", "state/lists/partial", "packages"):
        (work / name).mkdir(parents=True)
    (work / "state/status").touch()
    (work / "sources.list").write_text(f"deb [signed-by={KEYS}] {mirror} {suite} main\n")
    apt("apt-get", work, architecture, "--error-on=any", "update")
    apt("apt-get", work, architecture, "download", *resolve(work, architecture, packages), cwd=work / "packages")
    for package in sorted((work / "packages").glob("*.deb")):
        run("dpkg", "-x", str(package), str(folder))
    shutil.rmtree(work)


def fetch_set(folder, name):
    """Makes FOLDER/NAME; Missing says why that cannot be done."""
    suite, architecture, packages = SETS[name]
    complete = folder / f"{name}.complete"
    wanted = f"{suite} {' '.join(packages)}\n"

    if complete.exists() and complete.read_text() == wanted:
        return
    for tool in ("apt-get", "apt-cache", "dpkg"):
        if shutil.which(tool) is None:
            raise Missing(f"{tool} is not there")
    if not KEYS.exists():
        raise Missing("Debian's keys are not there")
    reason = None
    for mirror in mirrors():
        try:
            known = architecture or run("dpkg", "--print-architecture").strip()
            fetch_from(mirror, folder / name, suite, known, packages)
            complete.write_text(wanted)
            return
        except (Missing, subprocess.TimeoutExpired) as failure:
            reason = failure
    raise Missing(str(reason))


def fetch(folder, names):
    """Makes FOLDER/NAME for each name; Missing says why that cannot be done."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with open(folder / "lock", "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for name in names:
                fetch_set(folder, name)
    except OSError as failure:
        raise Missing(str(failure)) from failure
    except subprocess.TimeoutExpired as failure:
        raise Missing(f"{failure.cmd[0]} took longer than {failure.timeout} s") from failure


if __name__ == "__main__":
    if len(sys.argv) < 3 or not set(sys.argv[2:]) <= SETS.keys():
        sys.exit(__doc__)
    try:
        fetch(Path(sys.argv[1]).resolve(), sys.argv[2:])
    except Missing as why:
        print(why, file=sys.stderr)
        sys.exit(SKIPPED)
