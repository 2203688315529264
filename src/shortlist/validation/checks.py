"""What a validation scheme lacks, and what it should not be used for: said before anything runs."""

from collections.abc import Mapping

from shortlist.common.bilingual import Bilingual
from shortlist.data.dataset import Dataset
from shortlist.errors import ConfigError, DataError
from shortlist.validation.question import Asking
from shortlist.validation.splitters.base import Splitter


def check_schemes(schemes: Mapping[str, Splitter], dataset: Dataset, asking: Asking) -> None:
    """Make every fold of every scheme once, and keep none.

    Raises:
        ConfigError: a scheme needs a column or times that there are not; the line begins with the scheme's table.
        DataError: a fold has nothing to train on, nothing to score, or no answer among what it hides; likewise.
    """
    for name, splitter in schemes.items():
        try:
            for _ in asking.folds(splitter, dataset):
                pass
        except (ConfigError, DataError) as error:
            said = str(error).removeprefix(f"scheme {splitter.kind}: ")
            raise type(error)(f"validation.schemes.{name}: {said}") from None


def warnings_of(schemes: Mapping[str, Splitter], dataset: Dataset) -> list[Bilingual]:
    """What can be run but should not be relied on, a line each.

    Args:
        schemes: by name, the one that choices are made by first.
        dataset: that they divide.
    """
    first, splitter = next(iter(schemes.items()))
    if not splitter.timeless or dataset.events.time is None:
        return []
    return [Bilingual(
        f"warning: the log has times, and the first scheme, {first}, hides events at random: what it shows is partly "
        f"later than what it asks for, and scores are too good; put last_days, last_events or timeline first",
        f"경고: 로그에 시간이 있는데 첫 검증 방식 {first}은(는) 사건을 무작위로 숨깁니다. 보이는 사건 일부가 묻는 "
        f"사건보다 나중이어서 점수가 실제보다 높습니다. last_days, last_events, timeline 중 하나를 첫 방식으로 두세요.",
    )]  # fmt: skip
