"""test/count.py: no way of failing may be counted as anything else."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).parents[1] / "count.py"
CTEST = """<testsuite tests="5">
 <testcase name="a" status="run"/>
 <testcase name="b" status="fail"><failure message="wrong"/></testcase>
 <testcase name="c" status="notrun"><skipped message="Unable to find executable: c"/></testcase>
 <testcase name="d" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/></testcase>
 <testcase name="e" status="disabled"/>
</testsuite>"""


class Count(unittest.TestCase):
    def count(self, **files):
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for name, text in files.items():
                paths.append(pathlib.Path(folder) / name.replace("_", "."))
                if text is not None:
                    paths[-1].write_text(text)
            result = subprocess.run([sys.executable, SCRIPT, *paths], stdout=subprocess.PIPE, text=True)
            return result.stdout.splitlines()[-1], result.returncode

    def lit(self, *codes):
        return json.dumps({"tests": [{"name": code, "code": code} for code in codes]})

    def test_ctest(self):
        self.assertEqual(self.count(ctest_xml=CTEST), ("1 passed, 2 failed, 2 skipped", 1))

    def test_lit(self):
        self.assertEqual(self.count(lit_json=self.lit("PASS", "XFAIL", "UNSUPPORTED")), ("2 passed, 0 failed, 1 skipped", 0))
        for code in ("FAIL", "XPASS", "TIMEOUT", "UNRESOLVED"):
            self.assertEqual(self.count(lit_json=self.lit("PASS", code)), ("1 passed, 1 failed, 0 skipped", 1))

    def test_missing_or_empty_file_fails(self):
        self.assertEqual(self.count(lit_json=self.lit("PASS"), ctest_xml=None), ("1 passed, 1 failed, 0 skipped", 1))
        self.assertEqual(self.count(lit_json=self.lit("PASS"), ctest_xml="<testsuite/>"), ("1 passed, 1 failed, 0 skipped", 1))

    def test_only_skipped_is_no_success(self):
        self.assertEqual(self.count(lit_json=self.lit("UNSUPPORTED")), ("0 passed, 0 failed, 1 skipped", 1))


if __name__ == "__main__":
    unittest.main()
