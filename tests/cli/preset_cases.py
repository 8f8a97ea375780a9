"""preset_cases.py - pagewalk presets: complete, readable, and true."""

import json
import re

from case import Case, guest


class Presets(Case):
    def listed(self):
        result = self.run_it("presets", "--json")

        self.assertEqual(result.returncode, 0)
        return json.loads(result.stdout)

    def test_are_listed(self):
        result = self.run_it("presets")
        text = result.stdout.decode()

        self.assertEqual(result.returncode, 0)
        self.assertRegex(text, r"(?m)^default +l1i=32,l1d=32,l2=256x4")
        for line in text.splitlines():
            self.assertLessEqual(len(line), 100, line)
        unwrapped = text.replace(",\n             ", ",")
        for preset in self.listed()["presets"]:
            self.assertRegex(unwrapped, rf"(?m)^{preset['name']} +{re.escape(preset['tlb'])}$")
            self.assertIn(preset["source"], " ".join(unwrapped.split()))
            if preset["assumed"]:
                self.assertIn(f"assumed:{','.join(preset['assumed'])}\n", unwrapped.replace(" ", ""))

    def test_are_listed_as_json_and_each_works(self):
        listed = self.listed()

        self.assertEqual(listed["schema"], 1)
        self.assertTrue(listed["presets"])
        for preset in listed["presets"]:
            with self.subTest(preset["name"]):
                self.assertEqual(list(preset), ["name", "tlb", "source", "assumed", "ad"])
                by_name = self.counts(f"--tlb={preset['name']}", guest("fail"), status=42)
                by_spec = self.counts(f"--tlb={preset['tlb']}", guest("fail"), status=42)
                self.assertEqual(by_name["tlb"]["core_ad"], preset["ad"])
                self.assertEqual(by_name["tlb"].pop("preset"), preset["name"])
                self.assertEqual(by_name["tlb"].pop("spec"), preset["name"])
                self.assertIsNone(by_spec["tlb"].pop("preset"))
                self.assertEqual(by_spec["tlb"].pop("spec"), preset["tlb"])
                self.assertEqual(by_name, by_spec)

    def test_say_what_is_assumed(self):
        """A question mark for each, and the JSON of a run says the same."""
        for preset in self.listed()["presets"]:
            with self.subTest(preset["name"]):
                tlb = self.counts(f"--tlb={preset['name']}", guest("fail"), status=42)["tlb"]
                self.assertEqual(bool(preset["assumed"]), "?" in preset["tlb"])
                for name in ("l1i", "l1d", "l2"):
                    array = tlb[name] or {"banks": []}
                    banks = array.get("banks", [array])
                    is_assumed = any(bank["policy_assumed"] for bank in banks)
                    self.assertEqual(f"{name}.policy" in preset["assumed"], is_assumed)
                self.assertEqual("asid_bits" in preset["assumed"], tlb["asid_assumed"])
                cache = tlb["walk_cache"] or {"kind_assumed": False, "banks": []}
                is_assumed = any(bank["policy_assumed"] for bank in cache["banks"])
                self.assertEqual("walk_cache.kind" in preset["assumed"], cache["kind_assumed"])
                self.assertEqual("walk_cache.policy" in preset["assumed"], is_assumed)

    def test_go_into_a_file_too(self):
        self.assertEqual(self.run_it("presets", "--json=p").returncode, 0)
        self.assertEqual(self.files(), ["p"])
