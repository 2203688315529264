"""A trained model of two towers as TensorFlow SavedModels that need nothing of Shortlist to be loaded."""

from importlib.util import find_spec

from shortlist.common.files import atomic_folder, write_text
from shortlist.common.progress import note
from shortlist.data.dataset import Dataset
from shortlist.errors import ConfigError
from shortlist.pipeline.results import load_state
from shortlist.pipeline.run import Run
from shortlist.retrievers.registry import make_retriever
from shortlist.retrievers.tower_model import TowerModel


def export(run: Run, name: str) -> None:
    """Write the towers and the indexes of the retriever called `name`, as trained for the submission.

    Four folders, each a SavedModel: `user_tower` and `item_tower` take ids, (m,) string, and give vectors, (m, d)
    float32; `brute_force` and, where ScaNN is installed, `scann` take user ids and give scores, (m, k) float32, and
    item ids, (m, k) string, best first. Items that the user has already are among them: who serves knows what to drop.

    Raises:
        ConfigError: the retriever has no towers.
    """
    paths, competition = run.paths, run.competition
    kind, settings = competition.retriever(name)
    retriever = make_retriever(kind, settings, seed=competition.seed)
    if not isinstance(retriever, TowerModel):
        raise ConfigError(
            f"retriever {name}: has no towers to export; name one with RETRIEVER=..., such as two_tower or sequence"
        )
    from shortlist.retrievers import saved_towers  # imports TensorFlow

    dataset = Dataset.load(paths.dataset)
    k = min(competition.candidates, len(dataset.items))
    modules = saved_towers.modules(
        retriever.servable(load_state(paths, name)),
        dataset.users.ids,
        dataset.items.ids,
        k,
        scann=find_spec("scann") is not None,
    )
    target = paths.export(name)
    for part, module in modules.items():
        with atomic_folder(target / part) as folder:
            saved_towers.save(module, folder)
        note(f"export: {target / part}")
    write_text(paths.export_done(name), "")
