#!/usr/bin/env python3
"""man_page.py - the man page: its frame, filled with what pagewalk says of its commands and options.

Usage: man_page.py PAGEWALK FRAME OUTPUT

Whatever --help tells is in the page, as it is told there, so the two cannot differ.
"""

import re
import subprocess
import sys
from pathlib import Path


def escape(text):
    """Text of which roff understands nothing."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"(?m)^(?=[.'])", r"\\&", text)


class Help:
    """What a command says of itself: its usage, what it does, examples, options."""

    def __init__(self, pagewalk, command):
        text = said(pagewalk, command, "--help")
        usage, rest = text.split("\n", 1)
        about, options = rest.split("\nOptions:\n")
        self.command = command
        self.arguments = usage.removeprefix(f"usage: pagewalk {command} ")
        self.paragraphs = about.strip("\n").split("\n\n")
        self.options = re.findall(r"(?m)^  (--\S+) +(.*\n(?:    .*\n)*)", options)

    def synopsis(self):
        return f"\\fBpagewalk {self.command}\\fR {escape(self.arguments)}"

    def about(self):
        for paragraph in self.paragraphs:
            yield ".PP"
            if paragraph.startswith("  "):
                yield f".nf\n{escape(paragraph)}\n.fi"
            else:
                yield escape(paragraph)

    def option_list(self):
        for name, words in self.options:
            yield f".TP\n\\fB{escape(name)}\\fR\n{escape(' '.join(words.split()))}"


def said(pagewalk, *words):
    return subprocess.run([pagewalk, *words], check=True, capture_output=True, text=True).stdout


def sections(helps):
    """A section for each command. Options that another has as well are told once."""
    told = []
    for found in helps:
        yield f".SH PAGEWALK {found.command.upper()}"
        yield from found.about()
        same = [other.command for other in told if other.options == found.options]
        if same:
            yield f".PP\nIts options are those of \\fBpagewalk {same[0]}\\fR."
        else:
            yield from found.option_list()
        told.append(found)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    pagewalk, frame, output = sys.argv[1:]
    commands = re.findall(r"(?m)^  pagewalk ([a-z]+) ", said(pagewalk, "--help").split("\n\n")[2])
    helps = [Help(pagewalk, command) for command in commands]
    page = Path(frame).read_text()
    page = page.replace("@VERSION@", said(pagewalk, "--version").strip())
    page = page.replace("@SYNOPSIS@", "\n".join(found.synopsis() for found in helps))
    page = page.replace("@COMMANDS@", "\n".join(sections(helps)))
    Path(output).write_text(page)


if __name__ == "__main__":
    main()
