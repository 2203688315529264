"""Offline scores against the leaderboard's: which scheme can be trusted, and what the newest submission may expect."""

import numpy as np
from matplotlib.axes import Axes

from shortlist.common.bilingual import Bilingual, same
from shortlist.pages.content import Block, Figure, Section, Words, estimated, number, table
from shortlist.pages.plots import BLUE, GREY, ORANGE, canvas, svg
from shortlist.report.material import Material
from shortlist.studies.leaderboard.forecast import Line
from shortlist.studies.leaderboard.standing import Standing, line_up
from shortlist.studies.leaderboard.table import HEADER, rows
from shortlist.studies.leaderboard.words import outlook, verdict
from shortlist.submission.ledger import Entry, Score
from shortlist.submission.origin import origin_of

DRAWN = 3
"""Schemes beside each other."""

NAMES = {"expected": Bilingual("The newest submission may expect", "가장 최근 제출의 예상"),
         "gain": Bilingual("Its gain", "그 이득")}  # fmt: skip


def section(material: Material) -> Section | None:
    """The submissions with a public score; nothing before there is one."""
    standing = line_up(material.entries)
    if not standing.submissions:
        return None
    said = verdict(standing)
    blocks: list[Block] = [Words(Bilingual(f"{said.en}.", f"{said.ko}."))]
    if material.submission is not None:
        manifest = material.submission.manifest
        newest = outlook(material.entries, origin_of(manifest), manifest.sha256, material.scores)
        for name, text in newest.items():
            blocks.append(Words(Bilingual(f"{NAMES[name].en}: {text.en}.", f"{NAMES[name].ko}: {text.ko}.")))
    caption = Bilingual(
        "Public against offline score, with the offline standard error; line and band: the public score to expect of a "
        "new submission and its 95 % interval; orange: the newest submission, if it has no score yet",
        "오프라인 점수에 대한 public 점수(오프라인 표준오차 포함). 선과 띠: 새 제출에 예상되는 public 점수와 "
        "95 % 구간. 주황: 아직 점수가 없는 가장 최근 제출",
    )
    picture = Figure(_drawn(standing, _waiting(material)), caption)
    blocks += [picture, table(HEADER, list(rows(standing))), _submissions(standing)]
    title = Bilingual("Offline scores against the leaderboard", "오프라인 점수와 리더보드")
    return Section("leaderboard", title, tuple(blocks))


def _waiting(material: Material) -> Entry | None:
    """The newest submission, if the leaderboard's score of it is not known."""
    if material.submission is None:
        return None
    sha256 = material.submission.manifest.sha256
    own = [entry for entry in material.entries if entry.sha256 == sha256]
    return own[0] if own and own[0].public is None else None


def _submissions(standing: Standing) -> Block:
    """Every scored submission with all its scores."""
    entries = {entry.sha256: entry for scheme in standing.schemes.values() for entry in scheme.entries}
    header = [Bilingual("file", "파일"), *map(same, (*standing.schemes, "public", "private"))]
    lines = []
    for entry in entries.values():
        scores = [entry.scores.get(name) for name in standing.schemes]
        shown = [estimated(score.mean, score.error) if score else "" for score in scores]
        board = ["" if value is None else number(value) for value in (entry.public, entry.private)]
        lines.append((entry.file, *shown, *board))
    return table(header, lines, Bilingual("Scored submissions", "점수가 있는 제출"))


def _drawn(standing: Standing, waiting: Entry | None) -> str:
    shown = [(name, scheme) for name, scheme in standing.schemes.items() if scheme.line][:DRAWN]
    many = [canvas() for _ in shown]
    for axes, (name, scheme) in zip(many, shown, strict=True):
        new = waiting.scores.get(name) if waiting is not None else None
        scores = [entry.scores[name] for entry in scheme.entries]
        offline, public = [score.mean for score in scores], [float(entry.public or 0) for entry in scheme.entries]
        axes.errorbar(offline, public, xerr=[score.error for score in scores], fmt="o", color=BLUE, markersize=4,
                      elinewidth=0.8)  # fmt: skip
        if scheme.line is not None:
            _band(axes, scheme.line, [*scores, *([new] if new else [])])
            if new is not None:
                expected = scheme.line.expect(new)
                reach = [[expected.middle - expected.low], [expected.high - expected.middle]]
                axes.errorbar([new.mean], [expected.middle], yerr=reach, fmt="o", color=ORANGE, markersize=4)
        axes.set(xlabel=f"{name}, {standing.metric}", ylabel="public")
        axes.locator_params(nbins=4)
    return svg(*many)


def _band(axes: Axes, line: Line, scores: list[Score]) -> None:
    """What a submission with an error as usual may expect, over the range of the scores and a little beyond."""
    means = [score.mean for score in scores]
    room = 0.15 * (max(means) - min(means)) or 0.05 * max(means)
    usual = scores[0]
    at = np.linspace(max(min(means) - room, 1e-6), max(means) + room, 40)
    expected = [line.expect(Score(float(mean), usual.error, usual.users)) for mean in at]
    axes.plot(at, [forecast.middle for forecast in expected], color=GREY)
    low, high = [forecast.low for forecast in expected], [forecast.high for forecast in expected]
    axes.fill_between(at, low, high, color=GREY, alpha=0.2, linewidth=0)
