"""What went in, what it scored, and what each number rests on."""

from collections.abc import Iterator

from shortlist.common.bilingual import Bilingual, same
from shortlist.pages.content import METHOD, Block, Cell, Section, TableBlock, Words, estimated, table
from shortlist.pipeline.too_large import TooLarge
from shortlist.report.material import Material
from shortlist.validation.scores import SchemeScores, Scores


def section(material: Material) -> Section:
    """The submitted method's score on every scheme, and on every fold of it."""
    scores, submission = material.scores, material.submission
    chosen = scores.order[0] if submission is None else submission.manifest.method
    data, headline = scores.data, scores.headline
    name = Bilingual("none yet", "아직 없음") if submission is None else same(submission.csv.name)
    words = Words(Bilingual(
        f"{data.users:,} users, {data.items:,} items, {data.pairs:,} visible pairs. "
        f"Submission: {name.en}, the list of {chosen}.",
        f"사용자 {data.users:,}명, 아이템 {data.items:,}개, 보이는 쌍 {data.pairs:,}개. "
        f"제출: {name.ko}, {chosen}의 목록.",
    ))  # fmt: skip
    absent = [Words(_absent(name, reason)) for name, reason in material.too_large.items()]
    rows: list[list[str | Cell]] = []
    for scheme, result in scores.schemes.items():
        best = chosen if chosen in result.methods else result.order[0]
        metric = result.methods[best].metrics[headline]
        folds = map(estimated, metric.folds, metric.fold_errors)
        rows.append([scheme, best, estimated(metric.mean, metric.error), *folds])
    longest = max(map(len, rows))
    header = (
        Bilingual("scheme", "방식"),
        METHOD,
        same(headline),
        *(same(f"fold {number}") for number in range(1, longest - 2)),
    )
    rows = [[*row, *[""] * (longest - len(row))] for row in rows]  # a scheme may have folds of its own number
    note = Bilingual(
        "The first scheme is the one that choices are made by. Where the chosen method is not scored, the best one "
        "that is stands in its row: what has learnt on the first scheme's answers has seen those of the others.",
        "선택은 첫 방식으로 합니다. 선택된 방법의 점수가 없는 방식에서는 점수가 있는 것 중 가장 좋은 방법을 보입니다. "
        "첫 방식의 정답으로 배운 것은 다른 방식의 정답도 이미 보았기 때문입니다.",
    )
    blocks: tuple[Block, ...] = (
        words, *absent, table(header, rows), Words(note), _schemes(material), *_distances(scores)
    )  # fmt: skip
    return Section("headline", Bilingual("Offline score", "오프라인 점수"), blocks)


def _absent(name: str, reason: TooLarge) -> Bilingual:
    return Bilingual(
        f"{name} is left out: it needs {reason.needed:,} GB of memory for this data, and there were {reason.usable:,}.",
        f"{name}은(는) 빠졌습니다. 이 데이터에 메모리 {reason.needed:,} GB가 필요한데 {reason.usable:,} GB였습니다.",
    )


def _schemes(material: Material) -> TableBlock:
    """What each scheme hides, which date it rests on, and the mean sizes of its folds."""
    rows: list[tuple[Bilingual | str, ...]] = []
    for name, scheme in material.scores.schemes.items():
        rows.append((name, material.splitters[name].describe(), str(len(scheme.sizes)), *_sizes(scheme)))
    header = (
        Bilingual("scheme", "방식"),
        Bilingual("what is hidden, and the date it rests on", "무엇을 숨기며 어떤 날짜를 쓰는지"),
        same("K"),
        Bilingual("events visible", "보이는 사건"),
        Bilingual("hidden", "숨긴 쌍"),
        Bilingual("users scored", "채점한 사용자"),
    )
    return table(header, rows)


def _distances(scores: Scores) -> Iterator[Words]:
    """How each scheme's folds differ from the question, with a warning where that is far."""
    for name, scheme in scores.schemes.items():
        if scheme.distance is not None:
            line = scheme.distance.line
            yield Words(Bilingual(f"{name}: {line.en}.", f"{name}: {line.ko}."))
            if (far := scheme.distance.warning) is not None:
                yield Words(Bilingual(
                    f"Warning: {name} is far from the question: {far.en}. The submission may rank methods otherwise.",
                    f"경고: {name}은(는) 실제 문제와 많이 다릅니다. {far.ko}. 제출에서는 순위가 다를 수 있습니다.",
                ))  # fmt: skip


def _sizes(scheme: SchemeScores) -> list[str]:
    """Means over the folds."""
    sums = map(sum, zip(*((size.train, size.test, size.users) for size in scheme.sizes), strict=True))
    return [f"{round(total / len(scheme.sizes)):,}" for total in sums]
