"""Cases of kernel_test.py: names of files, and files."""

import kernel_case as of

# A program is the owner of all files, but not root, whom Linux lets do all of this.
PERMISSIONS = """mkdir("/tmp/d", 0755): done
open("/tmp/d/f", O_RDWR | O_CREAT, 0400): done
open("/tmp/d/f", O_RDONLY): done
open("/tmp/d/f", O_WRONLY): Permission denied
open("/tmp/d/f", O_RDONLY | O_TRUNC): Permission denied
truncate("/tmp/d/f", 0): Permission denied
access("/tmp/d/f", W_OK): Permission denied
chmod("/tmp/d/f", 0200): done
open("/tmp/d/f", O_RDONLY): Permission denied
open("/tmp/d/f", O_WRONLY): done
chmod("/tmp/d", 0500): done
open("/tmp/d/g", O_WRONLY | O_CREAT, 0600): Permission denied
mkdir("/tmp/d/g", 0700): Permission denied
symlink("x", "/tmp/d/g"): Permission denied
link("/tmp/d/f", "/tmp/d/g"): Permission denied
unlink("/tmp/d/f"): Permission denied
rename("/tmp/d/f", "/tmp/g"): Permission denied
chmod("/tmp/d", 0600): done
open("/tmp/d/f", O_WRONLY): Permission denied
chdir("/tmp/d"): Permission denied
chmod("/tmp/d", 0700): done
chown("/tmp/d/f", 1, 0): Operation not permitted
unlink("/tmp/d/f"): done
open("/dev/new", O_WRONLY | O_CREAT, 0600): Permission denied
mkdir("/proc/new", 0700): Permission denied
chmod(path, 0700): done
open(path, O_WRONLY): Text file busy
truncate(path, 0): Text file busy
open(path, O_RDONLY | O_TRUNC): Text file busy
unlink(path): done
"""

CASES = [
    of.case("files", why="a file that is only read"),
    of.case("paths", why="each call with a name of a file"),
    of.case("written", why="files that are written, against an array"),
    of.case("permissions", expected=PERMISSIONS, why="what is refused to the owner"),
]
