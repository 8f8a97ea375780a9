"""riscof_pagewalk.py - riscof's plugin for pagewalk: compiles architecture tests and runs them.

riscof (1.25) finds the class by the name in config.ini, makes one object, and calls initialise, build and
runTests. It then expects a file DUT-pagewalk.signature in the folder of every test. How to use it is
in docs/testing.md.
"""

import concurrent.futures
import logging
import os
import re
import subprocess

from riscof.pluginTemplate import pluginTemplate

logger = logging.getLogger()

TIMEOUT = 600  # seconds, for one command
MAX_INSTRUCTIONS = 1_000_000_000  # of one test, that it ends even if it has lost its way

# A and D bits as Svade has them, until a test asks for Svadu; satp takes every paging mode.
MACHINE = ["--ad=svadu", "--mmu=sv57"]

LANGUAGE = ["-static", "-nostdlib", "-nostartfiles", "-mcmodel=medany", "-fvisibility=hidden", "-g"]


def compiler_isa(isa):
    """What -march is called for the ISA of a test, such as RV64IMSU_Zicsr.

    Privilege modes are none of the compiler's business. The headers of the suite use CSRs and FENCE.I
    even where a test does not name their extensions.
    """
    letters, *names = re.findall(r"rv64[a-y]+|z[a-z0-9]+", isa.lower())
    names += [name for name in ("zicsr", "zifencei") if name not in names]
    return "_".join(["rv64" + re.sub("[suh]", "", letters[4:]), *names])


class pagewalk(pluginTemplate):  # the name that riscof looks for
    __model__ = "pagewalk"
    __version__ = "0.1.0"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        config = kwargs.get("config")
        if config is None:
            raise SystemExit("pagewalk: config.ini has no part [pagewalk]")
        self.base = kwargs.get("config_dir", "")
        self.plugin_path = self.absolute(config["pluginpath"])
        self.isa_spec = self.absolute(config["ispec"])  # riscof reads these two
        self.platform_spec = self.absolute(config["pspec"])
        self.program = "pagewalk"
        if "PATH" in config:
            self.program = os.path.join(self.absolute(config["PATH"]), "pagewalk")
        self.compiler = config.get("compiler", "riscv64-unknown-elf-gcc")
        self.jobs = int(config.get("jobs", 1))
        self.runs_tests = config.get("target_run", "1") != "0"

    def absolute(self, path):
        """As riscof has it: from where it was started, or else from where config.ini is."""
        path = os.path.expanduser(path)
        if not os.path.exists(path):
            path = os.path.join(self.base, path)
        return os.path.abspath(path)

    def initialise(self, suite, work_dir, archtest_env):
        environment = os.path.join(self.plugin_path, "env")
        self.compile = [self.compiler, *LANGUAGE, "-mabi=lp64"]
        self.compile += ["-T", os.path.join(environment, "link.ld"), "-I", environment, "-I", archtest_env]

    def build(self, isa_yaml, platform_yaml):
        """Nothing is made for an ISA. A program that is not there is found now, not test by test."""
        for command in ([self.compiler, "--version"], [self.program, "--version"]):
            try:
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=TIMEOUT)
            except (OSError, subprocess.SubprocessError) as error:
                raise SystemExit(f"pagewalk: {error}") from error

    def runTests(self, testList):
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            list(pool.map(self.run_test, testList.values()))
        if not self.runs_tests:
            raise SystemExit  # what riscof expects of a plugin that has no signatures

    def run_test(self, test):
        """Without a signature riscof gives up; an empty one is a test that failed."""
        folder = test["work_dir"]
        signature = os.path.join(folder, self.name[:-1] + ".signature")
        compile_it = [*self.compile, "-march=" + compiler_isa(test["isa"])]
        compile_it += ["-D" + macro for macro in test["macros"]]
        compile_it += [test["test_path"], "-o", "test.elf"]
        run_it = [self.program, "run", *MACHINE, f"--max-instructions={MAX_INSTRUCTIONS}"]
        run_it += [f"--signature={signature}", "--signature-granularity=4", "test.elf"]
        if self.succeeds(compile_it, folder) and self.runs_tests:
            self.succeeds(run_it, folder)
        if self.runs_tests and not os.path.exists(signature):
            with open(signature, "w", encoding="ascii"):
                pass

    def succeeds(self, command, folder):
        """Whether the command ends with 0. If not, riscof's log tells what it said."""
        try:
            done = subprocess.run(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=TIMEOUT,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            logger.error("%s", error)
            return False
        if done.returncode != 0:
            said = done.stdout.decode(errors="replace")
            logger.error("%s: status %d\n%s", " ".join(command), done.returncode, said)
        return done.returncode == 0
