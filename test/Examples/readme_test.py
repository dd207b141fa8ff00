"""test/readme.py: commands, files and expected lines."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).parents[1] / "readme.py"


class Readme(unittest.TestCase):
    def run_readme(self, text):
        """(command, code) of each."""
        with tempfile.TemporaryDirectory() as folder:
            readme, results = pathlib.Path(folder) / "README.md", pathlib.Path(folder) / "results.json"
            readme.write_text(text)
            status = subprocess.run([sys.executable, SCRIPT, readme, "--results", results], stdout=subprocess.DEVNULL).returncode
            codes = [(test["name"].removeprefix("README: "), test["code"]) for test in json.loads(results.read_text())["tests"]]
            self.assertEqual(status == 0, bool(codes) and all(code == "PASS" for _, code in codes))
            return codes

    def test_exit_status(self):
        self.assertEqual(self.run_readme("```console\n$ true\n$ false\n$ false | true\n```\n"),
                         [("true", "PASS"), ("false", "FAIL"), ("false | true", "FAIL")])

    def test_expected_lines_in_order(self):
        text = "```console\n$ printf 'a\\nb\\nc\\n'\n{}\n```\n"
        for lines, code in (("a\n...\nc", "PASS"), ("b", "PASS"), ("c\na", "FAIL"), ("d", "FAIL"), ("a\na", "FAIL")):
            self.assertEqual(self.run_readme(text.format(lines))[0][1], code, lines)

    def test_named_block_becomes_a_file(self):
        self.assertEqual(self.run_readme("```c\n/* first.c */\nint x;\n```\n```console\n$ cat first.c\nint x;\n```\n"), [("cat first.c", "PASS")])
        self.assertEqual(self.run_readme("```c\nint x;\n```\n```console\n$ ls *.c\n```\n"), [("ls *.c", "FAIL")])

    def test_sees_the_tree_and_leaves_it_alone(self):
        self.assertEqual(self.run_readme("```console\n$ cat README.md && touch made\n$ ls made\n```\n"),
                         [("cat README.md && touch made", "PASS"), ("ls made", "PASS")])

    def test_no_command_is_no_success(self):
        self.assertEqual(self.run_readme("```\n$ true\n```\n"), [])


if __name__ == "__main__":
    unittest.main()
