#!/usr/bin/env python3
"""cli_test.py - the command line as scripts and people meet it.

Usage: cli_test.py PAGEWALK GUEST_DIR [TEST...]

Every mistake of the user gets one sentence on standard error, exit status 125, and nothing written.
Programs come from GUEST_DIR, or are made here byte by byte. TEST is one of the classes in the
*_cases.py, or CLASS.test_name.
"""

import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True  # nothing is to appear in the source tree

import check_cases  # noqa: E402
import check_run_cases  # noqa: E402
import diff_cases  # noqa: E402
import linux_cases  # noqa: E402
import preset_cases  # noqa: E402
import region_cases  # noqa: E402
import report_cases  # noqa: E402
import run_cases  # noqa: E402
import system_cases  # noqa: E402
import usage_cases  # noqa: E402
import walk_cases  # noqa: E402
from case import Place  # noqa: E402

MODULES = (
    usage_cases,
    run_cases,
    report_cases,
    preset_cases,
    region_cases,
    walk_cases,
    check_cases,
    check_run_cases,
    diff_cases,
    linux_cases,
    system_cases,
)


def chosen_tests(names):
    """The tests with these names, or all."""
    loader = unittest.defaultTestLoader

    for module in MODULES:
        if not names:
            yield loader.loadTestsFromModule(module)
        for name in names:
            if hasattr(module, name.split(".")[0]):
                yield loader.loadTestsFromName(name, module)


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    Place.pagewalk = str(Path(sys.argv[1]).resolve())
    Place.guests = Path(sys.argv[2]).resolve()
    suite = unittest.TestSuite(chosen_tests(sys.argv[3:]))
    result = unittest.TextTestRunner().run(suite)
    sys.exit(0 if result.wasSuccessful() and result.testsRun > 0 else 1)


if __name__ == "__main__":
    main()
