"""The script that measures how the chain grows."""

from pathlib import Path

import pytest

import bench_scale
from bench_scale import Cost, Size
from shortlist.common.files import write_text
from shortlist.config.paths import Paths
from shortlist.pipeline.run import Run


def test_sizes_are_read() -> None:
    """Users, items and pairs of each."""
    assert bench_scale.sizes("10x20x30,40x50x60") == [Size(10, 20, 30), Size(40, 50, 60)]
    assert len(bench_scale.sizes(bench_scale.SIZES)) == 3


@pytest.mark.parametrize("power", [0.5, 1.0, 1.3])
def test_the_exponent_is_the_power(power: float) -> None:
    """Costs that are a power of the pairs give it back, one size gives none."""
    pairs = [1000, 2000, 8000]
    costs = [Cost(3 * n**power, round(1e9 * n ** (2 * power))) for n in pairs]
    assert bench_scale.exponents(pairs, costs) == f"{power:.2f}, {2 * power:.2f}"
    assert bench_scale.exponents(pairs[:1], costs[:1]) == ""


def test_the_table_has_a_line_for_each_stage() -> None:
    """With the sum of the times and the largest memory."""
    runs = [(Size(1, 1, n), {"preprocess": Cost(n, 10**9 * n), "submit": Cost(2.0 * n, 10**9)}) for n in (2, 4)]
    lines = bench_scale.table(runs).splitlines()
    assert lines[2] == "| preprocess | 2.0 s, 2.00 GB | 4.0 s, 4.00 GB | 1.00, 1.00 | 1.00, 1.00 |"
    assert lines[-1] == "| all of these from CSV | 6.0 s, 2.00 GB | 12.0 s, 4.00 GB | 1.00, 1.00 | 1.00, 1.00 |"


def test_what_is_left_out_at_a_size_is_not_in_the_sum() -> None:
    """Its exponents are those of the sizes at which it ran."""
    small = {"train popular": Cost(1.0, 10**9), "train ease": Cost(5.0, 10**9)}
    runs = [
        (Size(1, 1, 2), small),
        (Size(1, 1, 4), {name: Cost(cost.seconds * 8, cost.memory) for name, cost in small.items()}),
        (Size(1, 1, 8), {"train popular": Cost(8.0, 10**9)}),
    ]
    ease, every = bench_scale.table(runs).splitlines()[-2:]
    assert ease == "| train ease | 5.0 s, 1.00 GB | 40.0 s, 1.00 GB | left out | 3.00, 0.00 | 3.00, 0.00 |"
    assert every.startswith("| all of these from CSV | 1.0 s, 1.00 GB | 8.0 s, 1.00 GB | 8.0 s, 1.00 GB |")


def test_the_stages_are_those_of_the_chain(tmp_path: Path) -> None:
    """The configuration is valid, and every one of its methods is validated and fitted before the submission."""
    paths = Paths(bench_scale.NAME, tmp_path)
    write_text(paths.config, bench_scale.CONFIGURATION)
    retrievers = Run.load(bench_scale.NAME, root=tmp_path).chosen.retrievers
    names = [name for name, _ in bench_scale.stages(tmp_path)]
    assert {f"{stage} {name}" for stage in ("cross-validate", "train") for name in retrievers} < set(names)
    assert {"cross-validate-blend", "train-blend"} < set(names)
    assert names[:2] == ["rules", "preprocess"]
    assert names[-2:] == ["submit", "report"]


def test_a_stage_is_measured_with_all_its_processes(tmp_path: Path) -> None:
    """Even the shortest takes some time and memory, and a failing one ends the run by name."""
    cost = bench_scale.measured(["sample", "--users=20", "--items=30", "--pairs=60"], tmp_path)
    assert cost.seconds > 0
    assert cost.memory > 10**7
    with pytest.raises(SystemExit, match="preprocess"):
        bench_scale.measured(["preprocess"], tmp_path)
