"""What a contender is given, and gives back, as a file: arrays and settings by name.

Only NumPy is imported here, since this is read in all environments.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

Task = Mapping[str, Any]
"""Arrays, and settings that JSON can hold; `threads` is always among them."""

Outcome = Mapping[str, Any]
"""What a run gives: arrays and texts by name. `seconds`, if it is there, replaces the wall time of the call."""

Run = Callable[[], Outcome]
"""What is timed. Functions that make one from a task do everything that is not to be timed."""


def save(path: Path, content: Mapping[str, Any]) -> None:
    """Write what `load` reads."""
    arrays = {name: value for name, value in content.items() if isinstance(value, np.ndarray)}
    settings = {name: value for name, value in content.items() if name not in arrays}
    np.savez(path, allow_pickle=False, __settings__=np.array(json.dumps(settings)), **arrays)


def load(path: Path) -> dict[str, Any]:
    """Read what `save` wrote."""
    with np.load(path) as file:
        settings: dict[str, Any] = json.loads(str(file["__settings__"]))
        return settings | {name: file[name] for name in file.files if name != "__settings__"}
