"""examples/compare-boxes.py accepts noise and nothing else."""
import copy
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).parents[2] / "examples" / "compare-boxes.py"
BOXES = [
    {"image": "a.png", "class": 1, "score": 0.5, "xyxy": [0, 0, 100, 100]},
    {"image": "a.png", "class": 1, "score": 0.4, "xyxy": [50, 0, 200, 100]},
    {"image": "b.png", "class": 0, "score": 0.9, "xyxy": [10, 10, 20, 20]},
]


class CompareBoxes(unittest.TestCase):
    def status(self, found, expected=BOXES):
        with tempfile.TemporaryDirectory() as folder:
            files = []
            for name, boxes in (("expected", expected), ("found", found)):
                files.append(pathlib.Path(folder) / name)
                files[-1].write_text(json.dumps(boxes))
            return subprocess.run([sys.executable, SCRIPT, *files], stdout=subprocess.DEVNULL).returncode

    def changed(self, **changes):
        boxes = copy.deepcopy(BOXES)
        boxes[0].update(changes)
        return boxes

    def test_same(self):
        self.assertEqual(self.status(BOXES), 0)
        self.assertEqual(self.status(BOXES[::-1]), 0)

    def test_noise_and_other_ending(self):
        self.assertEqual(self.status(self.changed(image="a.ppm", score=0.5009, xyxy=[0, 0, 100, 100.9])), 0)

    def test_each_difference(self):
        for changes in ({"score": 0.5011}, {"score": float("nan")}, {"xyxy": [0, 0, 100, 101.5]}, {"xyxy": [0, 0, 100, float("nan")]},
                        {"class": 2}, {"image": "c.png"}):
            self.assertEqual(self.status(self.changed(**changes)), 1, changes)

    def test_missing_and_extra(self):
        self.assertEqual(self.status(BOXES[:2]), 1)
        self.assertEqual(self.status(BOXES + BOXES[:1]), 1)  # one box is nobody's second partner

    def test_nothing_expected_compares_nothing(self):
        self.assertEqual(self.status([], []), 1)


if __name__ == "__main__":
    unittest.main()
