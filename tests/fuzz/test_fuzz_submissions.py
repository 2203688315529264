"""Fuzzing of submissions, answers of the server and the ledger: see `few`."""

from tests.fuzz.few import faults


def test_submissions(base):
    """What the oracle calls right passes, what it calls wrong does not."""
    assert faults(base, "submission") == []


def test_uploads(base):
    """No answer and no damage to the ledger leads to a second upload, or to a wrong exit code."""
    assert faults(base, "server", "kaggle", "ledger") == []
