"""SASRec (Kang and McAuley, ICDM 2018) of RecTools; it needs PyTorch, so that its environment is one of its own."""

import torch  # type: ignore[import-not-found]  # in an environment of its own
from pytorch_lightning import Trainer, seed_everything  # type: ignore[import-not-found]  # as is this
from rectools.models import SASRecModel

from peers.exchange import Peer, Task
from peers.rectools_log import LogPeer

PACKAGES = ("rectools", "torch", "pytorch-lightning", "numpy")

EPOCHS = 30
LARGE = 5000
"""Items from which on it learns by sampled negatives: a softmax over all would take most of the memory."""


def trainer() -> Trainer:
    """Without checkpoints and logs."""
    return Trainer(
        max_epochs=EPOCHS, accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False,
        enable_model_summary=False,
    )  # fmt: skip


def sasrec(task: Task) -> SASRecModel:
    """Two blocks over the last 100 events, as in the paper; from `LARGE` items on with gBCE (gSASRec, RecSys 2023)."""
    seed_everything(task.seed)
    torch.set_num_threads(task.threads)
    loss = {"loss": "gBCE", "n_negatives": 256, "gbce_t": 0.75} if task.shape[1] > LARGE else {"loss": "softmax"}
    return SASRecModel(
        n_blocks=2, n_heads=2, n_factors=64, session_max_len=100, batch_size=64, get_trainer_func=trainer,
        recommend_torch_device="cpu", **loss,
    )  # fmt: skip


def make(name: str, task: Task) -> Peer:
    """See `Adapter.make`; repeats are part of its sequences."""
    return LogPeer(sasrec(task), task, distinct=False)
