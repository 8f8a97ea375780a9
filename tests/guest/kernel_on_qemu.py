"""Runs programs under the kernel of guest/kernel on QEMU's virt, as `pagewalk run` does on pagewalk."""

import pathlib
import shutil
import socket
import subprocess
import tempfile
import threading

QEMU = shutil.which("qemu-system-riscv64")
ENVIRONMENT = ["PATH=/bin", "HOME=/", "TERM=dumb"]


def archive(files):
    """A cpio archive (newc) of {path: bytes}."""

    def entry(name, mode, content):
        fields = [0, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0]
        head = b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
        return pad(pad(head) + content)

    def pad(part):
        return part + b"\0" * (-len(part) % 4)

    entries = [entry(name, 0o100755, content) for name, content in files.items()]
    return b"".join(entries) + entry("TRAILER!!!", 0, b"")


def files_of(program, arguments=None, environment=None):
    """What the kernel needs to start a program; argv[0] is its path unless told."""
    path = pathlib.Path(program)
    arguments = [str(program)] if arguments is None else arguments
    strings = [f"/bin/{path.name}", str(len(arguments)), *arguments, *(ENVIRONMENT if environment is None else environment)]
    start = b"".join(string.encode() + b"\0" for string in strings)
    return {f"bin/{path.name}": path.read_bytes(), "etc/pagewalk/start": start}


def feed(listener, content):
    """Sends what the program reads, and its end. The connection lives until QEMU closes it."""
    connection, _ = listener.accept()
    with connection:
        try:
            connection.sendall(content)
            connection.shutdown(socket.SHUT_WR)
            connection.recv(1)
        except OSError:
            pass  # QEMU has ended


def options(folder, memory, append):
    made = ["-M", "virt", "-m", memory, "-global", "virtio-mmio.force-legacy=false", "-bios", "none"]
    made += ["-display", "none", "-monitor", "none", "-no-reboot", "-append", append]
    made += ["-serial", f"file:{folder / 'uart'}", "-initrd", folder / "files.cpio"]
    made += ["-device", "virtio-serial-device"]
    made += ["-chardev", f"socket,id=stdin,path={folder / 'stdin'}"]
    made += [part for name in ("stdout", "stderr") for part in ("-chardev", f"file,id={name},path={folder / name}")]
    for name in ("stdin", "stdout", "stderr"):
        made += ["-device", f"virtserialport,chardev={name},name=pagewalk.{name}"]
    return made


def swap_options(folder, swap):
    with open(folder / "swap", "wb") as image:
        image.truncate(swap)
    made = ["-drive", f"if=none,id=swap,format=raw,file={folder / 'swap'}"]
    return [*made, "-device", "virtio-blk-device,drive=swap"]


def run_files(kernel, files, stdin=b"", memory="128M", swap=0, append="", timeout=120):
    """Boots the kernel with these files: status, standard output, and standard error with what the
    kernel says behind what the program does."""
    with tempfile.TemporaryDirectory() as name, socket.socket(socket.AF_UNIX) as listener:
        folder = pathlib.Path(name)
        (folder / "files.cpio").write_bytes(archive(files))
        listener.bind(str(folder / "stdin"))
        listener.listen()
        threading.Thread(target=feed, args=(listener, stdin), daemon=True).start()
        command = [QEMU, "-kernel", kernel, *options(folder, memory, append)]
        command += swap_options(folder, swap) if swap else []
        done = subprocess.run(command, capture_output=True, timeout=timeout, check=False)
        said = [(folder / part).read_bytes() for part in ("stdout", "stderr", "uart")]
        return done.returncode, said[0], said[1] + said[2] + done.stderr


def run(kernel, program, arguments=(), **settings):
    """The same for a program on the host, with these arguments behind argv[0]."""
    return run_files(kernel, files_of(program, [str(program), *arguments]), **settings)
