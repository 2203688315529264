"""TensorFlow's set-up: GPUs are shared and repeat themselves where there are any, and nothing happens where not."""

import tomllib
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch) -> Any:
    """TensorFlow's configuration as `share_gpus` sees it, which notes what is asked of it."""
    from shortlist.engine import tensorflow

    config = Mock()
    monkeypatch.setattr(tensorflow.tf, "config", config)
    return config


def test_without_a_gpu_nothing_is_set(config: Any) -> None:
    """The one call is the question what there is."""
    from shortlist.engine.tensorflow import share_gpus

    config.list_physical_devices.return_value = []
    assert not share_gpus()
    assert [name for name, _, _ in config.mock_calls] == ["list_physical_devices"]
    config.list_physical_devices.assert_called_once_with("GPU")


def test_every_gpu_is_shared_and_deterministic(config: Any) -> None:
    """Memory is taken as it is needed, on each; the same seed gives the same numbers."""
    from shortlist.engine.tensorflow import share_gpus

    config.list_physical_devices.return_value = ["one", "two"]
    assert share_gpus()
    asked = config.experimental.set_memory_growth.call_args_list
    assert [call.args for call in asked] == [("one",), ("two",)]
    assert all(call.kwargs == {"enable": True} for call in asked)
    config.experimental.enable_op_determinism.assert_called_once_with()


def test_the_calls_are_tensorflow_s() -> None:
    """Names that TensorFlow has dropped would be found on a machine with a GPU only."""
    from shortlist.engine.tensorflow import tf

    assert callable(tf.config.experimental.set_memory_growth)
    assert callable(tf.config.experimental.enable_op_determinism)


def test_the_extra_brings_the_same_tensorflow() -> None:
    """`gpu` adds CUDA to the version that everybody has, on Linux, where there are wheels of it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (plain,) = (one for one in project["dependencies"] if one.startswith("tensorflow=="))
    version = plain.partition("==")[2]
    assert project["optional-dependencies"]["gpu"] == [f"tensorflow[and-cuda]=={version} ; sys_platform == 'linux'"]
