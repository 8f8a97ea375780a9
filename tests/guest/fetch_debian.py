#!/usr/bin/env python3
"""fetch_debian.py - static programs and a library of Debian, for 64-bit RISC-V and for this machine, for tests of the kernel.

Usage: fetch_debian.py FOLDER

Packages come from the mirrors of this machine's own apt configuration, are checked by apt against Debian's
keys, and unpacked into FOLDER/riscv64 and FOLDER/native; apt's state is FOLDER's too. Does nothing if FOLDER is
complete. Ends with code 77, as a test that is skipped, where that cannot be done: no apt, no network.
"""

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

SUITE = "trixie"
PACKAGES = ("busybox-static", "bash-static", "libsqlite3-dev")
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


def apt(folder, architecture, *words, **options):
    """apt-get for another architecture and suite, with nothing of the machine's own state."""
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
    return run("apt-get", *(f"-o{name}={value}" for name, value in settings.items()), *words, **options)


def fetch_from(mirror, folder, architecture):
    shutil.rmtree(folder, ignore_errors=True)
    work = folder / "apt"
    for name in ("cache/archives/partial", "state/lists/partial", "packages"):
        (work / name).mkdir(parents=True)
    (work / "state/status").touch()
    (work / "sources.list").write_text(f"deb [signed-by={KEYS}] {mirror} {SUITE} main\n")
    apt(work, architecture, "--error-on=any", "update")
    apt(work, architecture, "download", *PACKAGES, cwd=work / "packages")
    for package in sorted((work / "packages").glob("*.deb")):
        run("dpkg", "-x", str(package), str(folder))
    shutil.rmtree(work)


def fetch(folder):
    """Makes the folders; Missing says why that cannot be done. Tests that run at once wait for each other."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        fetch_alone(folder)


def fetch_alone(folder):
    complete = folder / "complete"
    wanted = f"{SUITE} {' '.join(PACKAGES)}\n"

    if complete.exists() and complete.read_text() == wanted:
        return
    for tool in ("apt-get", "dpkg"):
        if shutil.which(tool) is None:
            raise Missing(f"{tool} is not there")
    if not KEYS.exists():
        raise Missing("Debian's keys are not there")
    reason = None
    for mirror in mirrors():
        try:
            fetch_from(mirror, folder / "riscv64", "riscv64")
            fetch_from(mirror, folder / "native", run("dpkg", "--print-architecture").strip())
            complete.write_text(wanted)
            return
        except (Missing, subprocess.TimeoutExpired) as failure:
            reason = failure
    raise Missing(str(reason))


if __name__ == "__main__":
    try:
        fetch(Path(sys.argv[1]).resolve())
    except (Missing, subprocess.TimeoutExpired) as why:
        print(why, file=sys.stderr)
        sys.exit(SKIPPED)
