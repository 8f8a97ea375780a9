#!/usr/bin/env python3
"""plugin_test.py - riscof's plugin compiles and runs tests, and its files tell the truth.

Usage: plugin_test.py PAGEWALK

Neither riscof nor the architecture tests are needed: their part is played by a base class with the methods
of riscof's, and by sample/, tests as theirs are written. What riscof would hand to the plugin is
made here.
"""

import abc
import configparser
import logging
import re
import subprocess
import sys
import tempfile
import types
import unittest
from pathlib import Path

sys.dont_write_bytecode = True  # nothing is to appear in the source tree

HERE = Path(__file__).resolve().parent
PAGEWALK = Path()

# What the device tree names and the ISA file does not; the file says why.
NOT_IN_ISA_FILE = {
    *("zicbom", "zicbop", "zicboz", "zawrs", "sstc", "svinval", "svnapot", "svpbmt", "svade", "svadu"),
}


class PluginTemplate(abc.ABC):
    """riscof.pluginTemplate.pluginTemplate, as far as a plugin sees it."""

    @abc.abstractmethod
    def __init__(self, *args, **kwargs):
        self.name = kwargs.get("name", "NOBODY")

    @abc.abstractmethod
    def initialise(self, suite, workdir, env):
        pass

    @abc.abstractmethod
    def build(self, isa_yaml, platform_yaml):
        pass

    @abc.abstractmethod
    def runTests(self, testlist):
        pass

    @property
    def name(self):
        return f"{self.role}-{self.__model__}:"

    @name.setter
    def name(self, role):
        self.role = role


def load_plugin():
    riscof, template = types.ModuleType("riscof"), types.ModuleType("riscof.pluginTemplate")
    template.pluginTemplate = PluginTemplate
    sys.modules.update({"riscof": riscof, "riscof.pluginTemplate": template})
    sys.path.append(str(HERE))
    import riscof_pagewalk

    return riscof_pagewalk


MODULE = load_plugin()


class PluginTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.addCleanup(setattr, MODULE, "MAX_INSTRUCTIONS", MODULE.MAX_INSTRUCTIONS)
        MODULE.MAX_INSTRUCTIONS = 10000  # enough for these

    def plugin(self, **changes):
        """The plugin as riscof makes it of config.ini, with what a user would have changed there."""
        config = configparser.ConfigParser()
        config.read(HERE / "config.ini")
        config["pagewalk"].update({"PATH": str(PAGEWALK.parent), **changes})
        self.assertEqual(config["RISCOF"]["DUTPlugin"], "pagewalk")
        for field in ("pluginpath", "ispec", "pspec"):
            config["pagewalk"][field] = str(HERE / config["pagewalk"][field])
        plugin = MODULE.pagewalk(name="DUT", config=config["pagewalk"], config_dir=str(HERE))
        plugin.initialise(str(HERE / "sample"), str(self.folder), str(HERE / "sample"))
        return plugin

    def run_tests(self, plugin, *names, isa="RV64IMAFDCZicsr_Zba"):
        """The signatures after riscof's three steps."""
        tests = {}
        for name in names:
            folder = self.folder / name / "dut"
            folder.mkdir(parents=True)
            path = HERE / "sample" / name
            tests[str(path)] = {
                "work_dir": str(folder),
                "macros": ["TEST_CASE_1=True", "XLEN=64", "FLEN=64"],
                "isa": isa,
                "coverage_labels": ["sample"],
                "commit_id": "-",
                "test_path": str(path),
            }
        plugin.build(plugin.isa_spec, plugin.platform_spec)
        plugin.runTests(tests)
        return [
            (self.folder / name / "dut" / "DUT-pagewalk.signature").read_text() for name in names
        ]


def in_words(*dwords):
    """A signature of 4 bytes a line."""
    return "".join(f"{dword & 0xffffffff:08x}\n{dword >> 32:08x}\n" for dword in dwords)


def isa_file(field):
    return re.search(rf"(?m)^ +{field}: (\S+)", (HERE / "pagewalk_isa.yaml").read_text()).group(1)


class Plugin(PluginTest):
    def test_runs_a_test_to_its_signature(self):
        got = self.run_tests(self.plugin(), "sample.S")

        interrupts = [1 << 63 | code for code in (3, 7)]
        dwords = [0x123456789ABCDF00, 0x13579BE02468ACEF, 0x3FD5555555555555, int(isa_file("reset-val"), 0)]
        dwords += [*interrupts, 10 << 60, 1 << 61, 0x6F5CA309, 0]
        self.assertEqual(got, [in_words(*dwords)])

    def test_a_test_that_fails_leaves_the_others_alone(self):
        with self.assertLogs(level=logging.ERROR) as log:
            got = self.run_tests(self.plugin(jobs="3"), "broken.S", "endless.S", "sample.S")
        self.assertEqual(got[:2], ["", in_words(7, 0)])
        self.assertEqual(len(got[2].split()), 20)
        said = sorted(log.output)
        self.assertEqual(len(said), 2)
        self.assertRegex(said[1], r"riscv64-unknown-elf-gcc .*broken\.S(?s:.*)unrecognized opcode")
        self.assertRegex(said[0], r"pagewalk run .*: status 124\n")

    def test_can_stop_before_tests_run(self):
        with self.assertRaises(SystemExit):
            self.run_tests(self.plugin(target_run="0"), "sample.S")
        files = [path.name for path in (self.folder / "sample.S" / "dut").iterdir()]
        self.assertEqual(files, ["test.elf"])

    def test_a_program_that_is_not_there_is_named(self):
        for changes, name in (({"PATH": "/nowhere"}, "pagewalk"), ({"compiler": "no-gcc"}, "no-gcc")):
            with self.subTest(name), self.assertRaisesRegex(SystemExit, f"No such file.*{name}"):
                self.run_tests(self.plugin(**changes))

    def test_without_its_part_of_the_configuration_it_says_so(self):
        with self.assertRaisesRegex(SystemExit, "no part"):
            MODULE.pagewalk(name="DUT")

    def test_tells_the_compiler_only_what_it_knows(self):
        rows = (
            ("RV64I", "rv64i_zicsr_zifencei"),
            ("RV64IMAFDCSU_Zicsr_Zifencei", "rv64imafdc_zicsr_zifencei"),
            ("RV64IMZicsr_Zba", "rv64im_zicsr_zba_zifencei"),
            ("RV64IHSUZbs", "rv64i_zbs_zicsr_zifencei"),
        )
        for isa, wanted in rows:
            with self.subTest(isa):
                self.assertEqual(MODULE.compiler_isa(isa), wanted)
                command = ["riscv64-unknown-elf-gcc", f"-march={wanted}", "-mabi=lp64", "-E", "-"]
                done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True)
                self.assertEqual(done.stderr, b"")


class IsaFile(PluginTest):
    def test_names_the_extensions_of_the_machine(self):
        self.run_tests(self.plugin(), "sample.S")
        elf, tree = self.folder / "sample.S" / "dut" / "test.elf", self.folder / "tree"
        command = [PAGEWALK, "run", *MODULE.MACHINE, f"--dump-dtb={tree}", elf]
        subprocess.run(command, check=True, timeout=120)
        machine = re.search(rb"rv64([a-z]+)_([a-z0-9_]+)\0", tree.read_bytes())
        letters, names = machine.group(1).decode(), machine.group(2).decode().split("_")
        told = re.fullmatch(r"RV64([A-Y]+)(Z\w+)", isa_file("ISA"))

        self.assertEqual(told.group(1), letters.upper() + "SU")
        self.assertEqual(set(told.group(2).lower().split("_")), set(names) - NOT_IN_ISA_FILE)
        self.assertLessEqual(NOT_IN_ISA_FILE, set(names))

    def test_agrees_with_itself(self):
        misa = int(isa_file("reset-val"), 0)
        words = re.findall(r"ro_constant: (\S+)", (HERE / "pagewalk_isa.yaml").read_text())
        fields = [int(word, 0) for word in words]
        letters = {chr(ord("A") + bit) for bit in range(26) if misa >> bit & 1}

        self.assertEqual(fields, [misa >> 62, misa & 0x3FFFFFF])
        self.assertEqual(letters - {"B"}, set(re.match(r"RV64([A-Y]+)", isa_file("ISA")).group(1)))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    PAGEWALK = Path(sys.argv[1]).resolve()
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
