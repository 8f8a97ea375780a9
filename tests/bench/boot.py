#!/usr/bin/env python3
"""boot.py - how long Debian's Linux takes from firmware to power-off, on pagewalk and on QEMU, in turns.

Usage: boot.py PAGEWALK FOLDER [ROUNDS]

FOLDER is what tests/system/fetch_debian.py fills. Prints the shortest wall time of each, their ratio, and the
instructions of the guest on pagewalk. Wall times say nothing on a machine that does other work meanwhile.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "system"))
import initramfs  # noqa: E402

APPEND = "console=ttyS0 quiet do=nothing"
MEMORY = "256M"


def seconds(command):
    start = time.monotonic()
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=600, check=True)
    return time.monotonic() - start


def measure(pagewalk, folder, rounds):
    kernel = initramfs.kernel_of(folder / "linux")
    bios = folder / "firmware/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin"
    with tempfile.TemporaryDirectory() as name:
        files, result = Path(name) / "initramfs", Path(name) / "result.json"
        busybox = folder / "riscv64/usr/bin/busybox"
        files.write_bytes(initramfs.make(folder / "linux", busybox, [("nothing.sh", b"")]))
        ours = [pagewalk, "run", f"--mem={MEMORY}", f"--bios={bios}", f"--kernel={kernel}", f"--initrd={files}"]
        ours += [f"--append={APPEND}", f"--json={result}"]
        theirs = ["qemu-system-riscv64", "-M", "virt", "-m", MEMORY, "-nographic", "-no-reboot", "-bios", bios]
        theirs += ["-kernel", kernel, "-initrd", files, "-append", APPEND]
        times = [(seconds(ours), seconds(theirs)) for _ in range(rounds)]
        return min(first for first, _ in times), min(second for _, second in times), json.loads(result.read_text())


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    best = measure(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 3)
    print(f"pagewalk {best[0]:.2f} s, QEMU {best[1]:.2f} s, ratio {best[0] / best[1]:.2f}")
    print(f"{best[2]['instructions']:,} instructions on pagewalk")
