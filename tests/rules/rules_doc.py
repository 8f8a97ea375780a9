#!/usr/bin/env python3
"""Holds the table of docs/rules.md against the suite, or writes it.

Usage: rules_doc.py PAGEWALK DOC [--write]

The table has a row for each rule of `pagewalk check --list`, with what `pagewalk check` says of pagewalk
and what `pagewalk check --runner=...` says of QEMU 7.2. The column of QEMU is taken as it stands where
that version is not installed. Every rule that fails there must be explained below the table.
"""

import pathlib
import re
import shutil
import subprocess
import sys

QEMU = "qemu-system-riscv64"
RUNNER = (
    f"{QEMU} -M virt -bios none -display none -serial stdio -monitor none -kernel {{}}"
)
BEGIN = "<!-- the table is written by tests/rules/rules_doc.py -->"
END = "<!-- end of the table -->"


def output_of(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, text=True)
    return done.stdout


def listed(pagewalk):
    """(id, kind, words, test or place) of every rule."""
    for line in output_of(pagewalk, "check", "--list").splitlines():
        yield re.split(r"\s{2,}", line.strip(), maxsplit=3)


def verdicts(pagewalk, *options):
    """Rule -> ok, FAIL, or why it was skipped."""
    found = {}
    for line in output_of(pagewalk, "check", *options).splitlines():
        match = re.match(r"(not )?ok \d+ - (\S+) .*?(?: # SKIP (.*))?$", line)
        if match:
            found[match[2]] = "FAIL" if match[1] else match[3] or "ok"
    return found


def has_qemu():
    return shutil.which(QEMU) is not None and "version 7.2." in output_of(QEMU, "--version")


def make_rows(pagewalk, old_rows):
    ours = verdicts(pagewalk)
    theirs = verdicts(pagewalk, f"--runner={RUNNER}") if has_qemu() else None
    rows = {}
    for rule, kind, words, test in listed(pagewalk):
        if theirs is not None:
            qemu = theirs[rule]
        else:
            qemu = old_rows.get(rule, ["?"] * 6)[5]
        cells = [rule, kind, words, test, ours[rule], qemu]
        if not test.endswith(".elf"):
            cells[4] = cells[5] = "-"
        rows[rule] = [cell.replace("|", "\\|") for cell in cells]
    return rows


def parse_rows(table):
    rows = {}
    for line in table.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == 6 and re.match(r"[A-Z]+-\d+$", cells[0]):
            rows[cells[0]] = cells
    return rows


def format_rows(rows):
    lines = ["| rule | kind | in words | test | pagewalk | QEMU 7.2 |", "|---|---|---|---|---|---|"]
    lines += ["| " + " | ".join(cells) + " |" for cells in rows.values()]
    return "\n".join(lines)


def main():
    pagewalk, doc = sys.argv[1], pathlib.Path(sys.argv[2])
    text = doc.read_text()
    before, rest = text.split(BEGIN)
    table, after = rest.split(END)
    old_rows = parse_rows(table)
    rows = make_rows(pagewalk, old_rows)
    wrong = []
    if "--write" in sys.argv:
        doc.write_text(f"{before}{BEGIN}\n\n{format_rows(rows)}\n\n{END}{after}")
    elif old_rows != rows:
        for rule in {**old_rows, **rows}:
            if old_rows.get(rule) != rows.get(rule):
                wrong.append(f"{rule}: the table has {old_rows.get(rule)}, the suite says {rows.get(rule)}")
    for rule, cells in rows.items():
        if cells[4] == "FAIL":
            wrong.append(f"{rule}: pagewalk fails")
        if cells[5] == "FAIL" and f"| {rule} |" not in after:
            wrong.append(f"{rule}: nothing below the table explains why QEMU fails")
    print("\n".join(wrong) or f"{len(rows)} rules agree with {doc.name}" + ("" if has_qemu() else "; no QEMU 7.2 here"))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
