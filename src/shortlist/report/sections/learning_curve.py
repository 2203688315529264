"""How every method's score grows with what is visible, if `make learning-curve` has been run."""

import numpy as np

from shortlist.common.bilingual import Bilingual, same
from shortlist.pages.content import METHOD, Figure, Section, TableBlock, Words, estimated, number, ranged, table
from shortlist.pages.plots import canvas, svg
from shortlist.report.material import Material
from shortlist.studies.learning_curve.result import LearningCurve
from shortlist.studies.learning_curve.study import load_learning_curve
from shortlist.studies.learning_curve.words import verdict

NOTES = Bilingual(
    "Methods gain differently as pairs grow, and a fold has fewer than the submission. Here the same pairs stay hidden "
    "while less and more of the others is visible. The curve of each method is score = a + b log(share), by least "
    "squares over all shares; at 100 % it says what the submission may expect, with a 95 % bootstrap interval over "
    "users that knows the noise of the hidden pairs, not whether the curve bends beyond what was measured. The last "
    "column is the farthest that a measured score is from it.",
    "쌍이 늘 때 방법마다 점수가 오르는 정도가 다르고, fold에는 제출보다 쌍이 적습니다. 여기서는 같은 쌍을 계속 숨긴 "
    "채 나머지를 적게 또는 많이 보여 줍니다. 방법마다의 곡선은 모든 비율에 최소제곱으로 맞춘 점수 = a + b log(비율)"
    "입니다. 100 %에서의 값이 제출에서 기대할 점수이며, 사용자 단위 95 % bootstrap 구간은 숨긴 쌍의 잡음은 반영하지만 "
    "측정한 범위 밖에서 곡선이 휘는지는 알지 못합니다. 마지막 열은 측정값이 곡선에서 가장 멀리 벗어난 정도입니다.",
)


def section(material: Material) -> Section | None:
    """What it says, a picture, and a table."""
    learning_curve = load_learning_curve(material.run, material.dataset)
    if learning_curve is None:
        return None
    blocks = (Words(verdict(learning_curve)), Words(NOTES), _figure(learning_curve), _table(learning_curve))
    return Section("learning-curve", Bilingual("What more pairs will change", "쌍이 더 많아지면 달라지는 것"), blocks)


def _figure(learning_curve: LearningCurve) -> Figure:
    axes = canvas(height=3.4)
    measured = 100 * np.array([*learning_curve.shares, 1.0])
    for curve in learning_curve.curves:
        (drawn,) = axes.plot(measured, [*curve.means, curve.submission.mean], "o-", markersize=3, label=curve.method)
        axes.vlines(100, curve.submission.low, curve.submission.high, color=drawn.get_color(), alpha=0.5)
    axes.set(xlabel="% visible", ylabel=learning_curve.metric)
    axes.legend()
    caption = Bilingual(
        f"{learning_curve.metric} by the share of visible pairs, {learning_curve.draws} draws, "
        f"{learning_curve.users:,} users; at 100 %, the submission's, what the fitted curve says, "
        f"with its 95 % interval",
        f"보이는 쌍의 비율에 따른 {learning_curve.metric}, 추출 {learning_curve.draws}회, "
        f"사용자 {learning_curve.users:,}명. 제출에 해당하는 100 %는 맞춘 곡선의 값과 95 % 구간",
    )
    return Figure(svg(axes), caption)


def _table(learning_curve: LearningCurve) -> TableBlock:
    header = [
        METHOD, *(same(f"{share:.0%}") for share in learning_curve.shares), Bilingual("submission, 95 %", "제출, 95 %"),
        Bilingual("behind the best, 95 %", "1위와의 차이, 95 %"), Bilingual("miss", "빗나감"),
    ]  # fmt: skip
    rows = []
    for curve in learning_curve.curves:
        reached, gap = curve.submission, curve.behind
        rows.append([
            same(curve.method), *(estimated(*point) for point in zip(curve.means, curve.errors, strict=True)),
            ranged(reached.mean, reached.low, reached.high),
            Bilingual("best", "1위") if gap is None else ranged(gap.mean, gap.low, gap.high),
            number(curve.miss),
        ])  # fmt: skip
    return table(header, rows)
