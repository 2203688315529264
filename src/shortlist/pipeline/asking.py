"""The question of competition.toml, with what preprocessing has read of it."""

from shortlist.config.competition import Competition
from shortlist.data.asked import Asked
from shortlist.pipeline.run import Run
from shortlist.validation.headline import Headline
from shortlist.validation.question import Asking


def asking(run: Run) -> Asking:
    """Which events are answers, and what may be recommended; needs the dataset on disk."""
    return asking_of(run.competition, Asked.load(run.paths.dataset))


def asking_of(competition: Competition, asked: Asked) -> Asking:
    """The same of what is not on disk yet."""
    question = competition.question
    return Asking(
        question.seen, question.answers, question.active_days, asked.permitted, asked.lists,
        competition.validation.users, asked.newcomers,
    )  # fmt: skip


def headline_of(competition: Competition) -> Headline:
    """The official metric."""
    question = competition.question
    return Headline(question.k, question.metrics, question.kind_weights)
