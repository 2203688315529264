"""Each retriever fitted on all events: the candidates that a submission is made of, and what else must be kept."""

from collections.abc import Callable

from shortlist.common.arrays import IntArray
from shortlist.common.files import write_text
from shortlist.common.progress import note
from shortlist.data.asked import Asked
from shortlist.data.candidates import USERS, Candidates, joined
from shortlist.data.dataset import Dataset
from shortlist.engine.base import in_order
from shortlist.engine.threads import limited
from shortlist.pipeline.asking import asking
from shortlist.pipeline.results import save_final
from shortlist.pipeline.run import Run
from shortlist.retrievers.base import Retriever
from shortlist.retrievers.registry import make_retriever
from shortlist.retrievers.topk import Bounds, recommend_within


def train(run: Run, name: str) -> None:
    """Fit one retriever and save its candidates for those asked; of one that is too large there is an empty file."""
    paths, competition = run.paths, run.competition
    if name in run.too_large:
        write_text(paths.final(name), "")
        return
    dataset = Dataset.load(paths.dataset)
    kind, settings = competition.retriever(name)
    with limited(1):  # as on the folds
        retriever = make_retriever(kind, settings, seed=competition.seed).fit(dataset)
    users = Asked.load(paths.dataset).users
    lists = for_users(retriever, users, competition.candidates, asking(run).bounds(dataset, asked=True))
    save_final(paths, name, lists, retriever.state())
    note_final(name, lists)


def note_final(method: str, lists: Candidates) -> None:
    """Say that a method's final lists are there."""
    note(f"train {method}: {len(lists.users):,} users, {lists.items.shape[1]} candidates each")


def for_users(retriever: Retriever, users: IntArray, n: int, bounds: Bounds) -> Candidates:
    """The n best items of each user that may be recommended, some users at a time."""
    starts = range(0, len(users), USERS)
    return joined(in_order(_recommender, (retriever, users, n, bounds, USERS), starts))


def _recommender(shared: tuple[Retriever, IntArray, int, Bounds, int]) -> Callable[[int], Candidates]:
    retriever, users, n, bounds, size = shared
    return lambda start: recommend_within(retriever, users[start : start + size], n, bounds)
