#!/usr/bin/env python3
"""initramfs.py - a small file system for Debian's Linux: busybox, the modules of disks, and init.sh.

Usage: initramfs.py LINUX BUSYBOX OUTPUT [FILE...]

LINUX is a folder with an unpacked package linux-image-*, BUSYBOX a static busybox. Each FILE becomes /tests/FILE.
OUTPUT is a cpio archive of the kind that Linux reads ("newc": Documentation/driver-api/early-userspace/
buffer-format.rst of its source), the same bytes for the same files.
"""

import lzma
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODULES = ("virtio_mmio", "virtio_blk", "crc32c_generic", "ext4")
DIRECTORY, FILE, LINK = 0o040755, 0o100755, 0o120777


class Archive:
    """A cpio archive in the making; directories that a path needs are made by themselves."""

    def __init__(self):
        self.content = b""
        self.directories = set()

    def entry(self, path, mode, content):
        name = path.encode() + b"\0"
        inode = len(self.directories) if mode == DIRECTORY else 0
        links = 2 if mode == DIRECTORY else 1
        fields = [inode, mode, 0, 0, links, 0, len(content), 0, 0, 0, 0, len(name), 0]
        self.content += pad(b"070701" + b"".join(b"%08X" % field for field in fields) + name) + pad(content)

    def add(self, path, content, mode=FILE):
        for directory in reversed(Path(path).parents[:-1]):
            if directory not in self.directories:
                self.directories.add(directory)
                self.entry(str(directory), DIRECTORY, b"")
        self.entry(path, mode, content)

    def finish(self):
        self.entry("TRAILER!!!", 0, b"")
        return self.content


def pad(part):
    return part + b"\0" * (-len(part) % 4)


def kernel_of(linux):
    """The kernel itself, in a folder that an unpacked package is in."""
    return next(linux.glob("boot/vmlinu[xz]-*"))


def read_module(file):
    content = file.read_bytes()
    return lzma.decompress(content) if file.suffix == ".xz" else content


def modules_of(linux, names):
    """Pairs of a name and its content, each behind those that it depends on."""
    files = {file.name.split(".")[0].replace("-", "_"): file for file in linux.glob("**/modules/**/*.ko*")}
    found = {}

    def find(name):
        if name not in found:
            content = read_module(files[name])
            depends = re.search(rb"\0depends=([^\0]*)", content)
            for needed in depends[1].decode().replace("-", "_").split(","):
                if needed:
                    find(needed)
            found[name] = content

    for name in names:
        find(name)
    return found.items()


def make(linux, busybox, tests=()):
    """The archive's bytes; tests are pairs of a name and its content."""
    archive = Archive()
    archive.add("init", (HERE / "init.sh").read_bytes())
    archive.add("bin/busybox", busybox.read_bytes())
    archive.add("bin/sh", b"busybox", LINK)
    archive.add("bin/load-modules", (HERE / "load-modules.sh").read_bytes())
    for number, (name, content) in enumerate(modules_of(linux, MODULES)):
        archive.add(f"modules/{number:02}-{name}.ko", content)
    for name, content in tests:
        archive.add(f"tests/{name}", content)
    return archive.finish()


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    linux_folder, busybox_file, output, *extra = map(Path, sys.argv[1:])
    output.write_bytes(make(linux_folder, busybox_file, [(file.name, file.read_bytes()) for file in extra]))
