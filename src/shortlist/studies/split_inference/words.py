"""The answer in a sentence or two."""

from shortlist.common.bilingual import Bilingual, joined
from shortlist.studies.split_inference.candidates import NOTHING, in_words
from shortlist.studies.split_inference.inference import Inference

SHOWN = 6
"""Rules that a verdict names at most."""

OTHERS = Bilingual("others", "그 밖의 규칙")


def verdict(inference: Inference) -> Bilingual:
    """Whether the rule is found, and else between which ones nobody can tell."""
    if not inference.fits:
        return _nothing_fits(inference)
    if inference.told:
        return _found(inference)
    names = inference.families if len(inference.families) <= SHOWN else (*inference.families[: SHOWN - 1], OTHERS)
    *first, last = names
    several = Bilingual(f"{joined(', ', first).en} and {last.en}", joined(", ", names).ko)
    if NOTHING in inference.families:
        return Bilingual(
            "Cannot tell: the counts are as smooth as if nothing was hidden. These fit alike, and so does a random "
            f"part of all pairs: {several.en}.",
            "알 수 없습니다. 개수가 아무것도 숨기지 않은 것처럼 매끄럽습니다. 다음 규칙들이 비슷하게 맞고, 모든 쌍의 "
            f"무작위 일부를 숨긴 경우도 그렇습니다: {several.ko}.",
        )
    return Bilingual(
        f"Cannot tell which of these is hidden of a user's n pairs, as they fit alike: {several.en}.",
        f"사용자의 쌍 n개 중 무엇을 숨겼는지 알 수 없습니다. 다음 규칙들이 비슷하게 맞습니다: {several.ko}.",
    )


def _nothing_fits(inference: Inference) -> Bilingual:
    best = in_words(inference.best)
    return Bilingual(
        f"Cannot tell: no rule fits. The nearest is {best.en} of a user's n pairs; perhaps they were thinned more than "
        "once, or by a rule that is not among those tried.",
        f"알 수 없습니다. 맞는 규칙이 없습니다. 사용자의 쌍이 n개일 때 가장 가까운 규칙은 {best.ko}입니다. 쌍을 여러 "
        "번 솎아 냈거나, 여기서 견주지 않은 규칙으로 숨겼을 수 있습니다.",
    )


def _found(inference: Inference) -> Bilingual:
    name, best = inference.families[0], in_words(inference.best)
    en = f"Found: {name.en} of a user's n pairs are hidden."
    ko = f"찾았습니다. 사용자의 쌍이 n개일 때 숨긴 규칙은 {name.ko}입니다."
    if len(inference.tied) == 1:
        return Bilingual(en, ko)
    return Bilingual(
        f"{en} In full, {best.en} fits best, but minima or halves are not certain.",
        f"{ko} 전체로 가장 잘 맞는 것은 {best.ko}이지만, 최소 개수나 절반의 처리는 확실하지 않습니다.",
    )
