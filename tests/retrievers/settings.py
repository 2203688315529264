"""Settings of retrievers that several tests share."""

from typing import Any

FAST: dict[str, dict[str, Any]] = {
    "bpr": {"factors": 16, "iterations": 10},
    "ials": {"factors": 16, "iterations": 5},
    "lightgcn": {"dimensions": 16, "epochs": 2, "batch_size": 200},
    "sequence": {"dimensions": 16, "epochs": 2, "seeds": 1, "length": 10, "batch_size": 100, "negatives": 20},
    "two_tower": {"dimensions": 16, "epochs": 2, "seeds": 1, "batch_size": 100},
    "two_tower_id": {"dimensions": 16, "epochs": 2, "batch_size": 100},
}
"""Parameters that save time where only the contract is at stake."""
