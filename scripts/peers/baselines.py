"""The organiser's baseline and the tutorial's model: our retrievers with their defaults, whatever is tuned."""

from peers.exchange import Peer, Task
from peers.ours import PACKAGES, OurRetriever
from shortlist.retrievers.registry import make_retriever

__all__ = ["PACKAGES", "make"]


def make(name: str, task: Task) -> Peer:
    """See `Adapter.make`; the name is the retriever's kind."""
    return OurRetriever(make_retriever(name, seed=task.seed), task)
