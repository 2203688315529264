"""What a learning curve says, in a few sentences."""

from shortlist.common.bilingual import Bilingual
from shortlist.studies.learning_curve.result import LearningCurve


def verdict(learning_curve: LearningCurve) -> Bilingual:
    """Which method is ahead at the submission, and whether the order changes on the way there."""
    ahead, order = _ahead(learning_curve), _order(learning_curve)
    return Bilingual(f"{ahead.en} {order.en}", f"{ahead.ko} {order.ko}")


def _ahead(learning_curve: LearningCurve) -> Bilingual:
    first, *others = learning_curve.curves
    reached = f"{first.submission.mean:.4f} [{first.submission.low:.4f}, {first.submission.high:.4f}]"
    english = f"At as many visible pairs as the submission has, {first.method} is expected to reach {reached}"
    korean = f"제출과 같은 양의 쌍이 보일 때 {first.method}의 예상 {learning_curve.metric}은 {reached}"
    if not others or (gap := others[0].behind) is None:
        return Bilingual(f"{english}.", f"{korean}입니다.")
    second, shown = others[0].method, f"{gap.mean:.4f} [{gap.low:.4f}, {gap.high:.4f}]"
    if gap.significant:
        return Bilingual(
            f"{english}; it is ahead of {second} by {shown}.", f"{korean}이고, {second}보다 {shown} 앞섭니다."
        )
    return Bilingual(
        f"{english}; whether it is ahead of {second} these draws cannot tell: {shown}.",
        f"{korean}입니다. {second}보다 앞서는지는 이 추출로 알 수 없습니다: {shown}.",
    )


def _order(learning_curve: LearningCurve) -> Bilingual:
    share, before, after = (
        f"{learning_curve.share_on_folds:.0%}",
        ", ".join(learning_curve.order_on_folds),
        ", ".join(learning_curve.order),
    )
    if learning_curve.share_on_folds == 1:
        return Bilingual(
            "The folds of the first scheme have that many already.",
            "첫 번째 방식의 fold에는 이미 그만큼의 쌍이 보입니다.",
        )
    if before == after:
        return Bilingual(
            f"The order of the methods is the one at {share}, where the folds score them.",
            f"방법의 순서는 fold가 채점하는 {share}에서와 같습니다.",
        )
    return Bilingual(
        f"The order changes: at {share}, where the folds score them, it is {before}; at the submission {after}.",
        f"순서가 바뀝니다: fold가 채점하는 {share}에서는 {before}, 제출에서는 {after}입니다.",
    )
