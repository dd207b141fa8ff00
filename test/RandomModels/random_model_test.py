"""The generator and the shrinker by themselves: random_model_test.py. Needs no compiler."""
import math
import pathlib
import tempfile
from unittest import mock

import check
from random_model import MODULES, random_model


def test_same_seed_same_text():
    texts = "".join(random_model(seed).text() for seed in range(50))
    assert texts == "".join(random_model(seed).text() for seed in range(50))
    assert len({random_model(seed).text() for seed in range(50)}) == 50


def test_every_module_is_drawn():
    drawn = {row[2] for seed in range(400) for row in random_model(seed).rows}
    assert drawn == set(MODULES) | {"Concat", "Detect"}, set(MODULES) - drawn


def test_only_what_is_asked_for():
    for seed in range(20):
        assert {row[2] for row in random_model(seed, ["Conv", "C3"]).rows} <= {"Conv", "C3", "Concat", "Detect"}


def valid(model):
    """Every row reads one before it."""
    for index, (sources, *_) in enumerate(model.rows):
        for source in sources if isinstance(sources, list) else [sources]:
            at = source + index if source < 0 else source
            if not (0 <= at < index or (index == 0 and source == -1)):
                return False
    return True


def test_shrinks_to_what_fails():
    seed = next(s for s in range(500) if [r[2] for r in random_model(s).rows].count("SPP") and len(random_model(s).rows) > 6)
    model = random_model(seed)
    fails = lambda m: "SPP" if valid(m) and any(row[2] == "SPP" for row in m.rows) else None
    small = check.shrink(model, "SPP", fails)
    assert [row[2] for row in small.rows] == ["SPP", "Detect"], small.text()
    assert small.rows[0][1] == 1 and len(small.rows[0][3]) == 1 and max(small.size) <= 16, small.text()
    assert len(small.rows[-1][0]) == 1


def test_removed_rows_leave_valid_models():
    for seed in range(100):
        model = random_model(seed)
        assert valid(model), model.text()
        for index in range(len(model.rows) - 1):
            shorter = check.without_row(model, index)
            if shorter and len(shorter.rows) > 1:
                assert valid(shorter), f"row {index} of\n{model.text()}\n{shorter.text()}"


def complaint(levels, rows, shape=(1, 2, 2, 3)):
    """What check() says of an object with these results, where the reference has one level and one row."""
    model, count = random_model(1, ["Conv"]), math.prod(shape)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "expected.index").write_text("head 0 1x2x2x3\nrow 0 1x2x2x3\n")
        for part in "head0", "row0":
            (folder / f"expected.{part}.f32").write_bytes(bytes(4 * count))
        heads = {(-1, i): (list(shape), [0.0] * count) for i in range(levels)} | {(i, None): (list(shape), [0.0] * count) for i in range(rows)}
        with mock.patch.object(check, "call"), mock.patch.object(check, "read_heads", lambda stem: heads):
            try:
                return check.check(model, folder)
            except check.Failure as failure:
                return failure.kind


def test_absent_results_are_seen():
    assert complaint(1, 1) == (2, 0)
    assert complaint(1, 0) == (1, 1)  # a row that a pass took into its reader
    assert complaint(0, 1) == "missing"
    assert complaint(1, 1, (1, 3, 2, 2)) == "other shape"


def test_kinds_of_refusals_and_endless_tools():
    def kind(command):
        try:
            check.call("tool", command)
        except check.Failure as failure:
            return failure.kind
    assert kind(["sh", "-c", "echo x.yaml:3:4: error: row 3 needs 17 >&2; exit 1"]) == "tool refuses: row N needs N"
    assert kind(["sh", "-c", "kill -SEGV $$"]) == "tool crashes"
    with mock.patch.object(check.subprocess, "run", side_effect=check.subprocess.TimeoutExpired("tool", 600)):
        assert kind(["tool"]) == "tool does not end"


def test_too_few_rows_are_a_failure():
    for fused, status in (1, 0), (9, 1):
        with mock.patch.object(check, "one", lambda seed, only, target: (seed, 10, fused, None)), \
                mock.patch.object(check.shutil, "which", lambda tool: tool), \
                mock.patch.object(check.sys, "argv", ["check.py", "--count", "3"]):
            assert check.main() == status


if __name__ == "__main__":
    for name, function in list(globals().items()):
        if name.startswith("test_"):
            function()
            print("passed", name)
