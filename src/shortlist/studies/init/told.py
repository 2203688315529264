"""What `make init` tells people: what it has found and why, and what only they can know."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from shortlist.common.bilingual import Bilingual
from shortlist.config.paths import Paths
from shortlist.studies.init.found import Found
from shortlist.studies.init.question import REPEATED
from shortlist.studies.init.write import line


def told_text(found: Found, paths: Paths) -> str:
    """Every finding in two lines, English and Korean."""
    lines = [*_files(found), *_columns(found), *_question(found), *_choices(found), *_to_check(found, paths)]
    return "\n".join(f"{text.en}\n  {text.ko}" for text in lines)


def _files(found: Found) -> Iterator[Bilingual]:
    log, tables = found.log, found.tables
    if log is None or tables is None:
        yield Bilingual(
            "files: those of Dacon 236170, by their names; they have a source of their own, dacon_jobs",
            "파일: 이름으로 보아 데이콘 236170의 파일, 전용 소스 dacon_jobs 사용",
        )
        return
    names, (users, items) = ", ".join(log.names), log.shared
    yield Bilingual(
        f"log: {names}: has {log.user} and {log.item}, whose pairs vary, with {users:.0%} of the users and {items:.0%} "
        f"of the items in {found.sample.name}",
        f"로그: {names}: {log.user}와 {log.item}의 쌍이 다양하고, {found.sample.name}의 사용자 {users:.0%}, 아이템 "
        f"{items:.0%}가 들어 있음",
    )
    for noun, table in ((Bilingual("users", "사용자"), tables.users), (Bilingual("items", "아이템"), tables.items)):
        if table is not None:
            yield Bilingual(
                f"table of {noun.en}: {table.profile.name}: one row for each {table.key}, {table.share:.0%} of the "
                f"log's are in it",
                f"{noun.ko} 표: {table.profile.name}: {table.key}마다 한 행, 로그에 나온 것의 {table.share:.0%}가 있음",
            )
    if tables.permitted:
        yield Bilingual(
            f"items that may be recommended: {tables.permitted}, by its name",
            f"추천할 수 있는 아이템: {tables.permitted} (파일 이름으로 판단)",
        )
    for name, why in tables.left_out.items():
        yield Bilingual(f"not used: {name}: {why.en}", f"사용하지 않음: {name}: {why.ko}")


def _columns(found: Found) -> Iterator[Bilingual]:
    log, columns = found.log, found.columns
    if log is None or columns is None:
        return
    nothing = Bilingual("none", "없음")
    parts = [
        (Bilingual("time", "시간"), columns.time),
        (Bilingual("kind of event", "사건 종류"), columns.kind),
        (Bilingual("rating", "평점"), columns.rating),
        (Bilingual("amount", "수량·금액"), columns.amount),
    ]
    yield Bilingual(
        "columns: " + ", ".join(f"{noun.en}: {name or nothing.en}" for noun, name in parts),
        "열: " + ", ".join(f"{noun.ko}: {name or nothing.ko}" for noun, name in parts),
    )
    if log.separator is not None:
        yield Bilingual(
            f"column {log.item} holds lists, separated by {log.separator!r}",
            f"{log.item} 열은 {log.separator!r}(으)로 나뉜 목록",
        )
    if columns.ignored:
        kinds = ", ".join(columns.ignored)
        yield Bilingual(
            f"events left out, as they speak against an item or for nothing: {kinds}",
            f"아이템에 대한 선호가 아니므로 제외한 사건: {kinds}",
        )
    if columns.extra:
        yield Bilingual(
            f"columns of the log that are not used: {', '.join(columns.extra)}",
            f"로그에서 사용하지 않는 열: {', '.join(columns.extra)}",
        )


def _question(found: Found) -> Iterator[Bilingual]:
    told, sample, dataset = found.told, found.sample.name, found.dataset
    shown = Bilingual("", "") if told.k_known else Bilingual(" (a guess)", " (추측)")
    kinds = f" ({', '.join(told.kinds)})" if told.kinds else ""
    yield Bilingual(
        f"form: {sample}: {told.form.kind}{kinds}, k = {told.k}{shown.en}",
        f"제출 형식: {sample}: {told.form.kind}{kinds}, k = {told.k}{shown.ko}",
    )
    yield Bilingual(
        f"asked: {len(told.asked):,} users, {told.cold:,} of them without history",
        f"대상: 사용자 {len(told.asked):,}명, 이력이 없는 사용자 {told.cold:,}명",
    )
    if told.cold == len(told.asked):
        yield Bilingual(
            f"none of the users in {sample} has an event: is the log's column of users the right one?",
            f"{sample}의 사용자 중 로그에 있는 사용자가 없음: 로그의 사용자 열이 맞는지 확인",
        )
    if told.unknown_items:
        yield Bilingual(
            f"none of the items in {sample} is in the other files: placeholders?",
            f"{sample}의 아이템이 다른 파일에 전혀 없음: 자리 표시용 값인지 확인",
        )
    yield Bilingual(
        f"log: {len(dataset):,} events, {len(dataset.pairs):,} pairs of {len(dataset.users):,} users and "
        f"{len(dataset.items):,} items; {told.repeats:.1%} of events repeat an earlier one",
        f"로그: 사건 {len(dataset):,}개, 사용자 {len(dataset.users):,}명과 아이템 {len(dataset.items):,}개의 쌍 "
        f"{len(dataset.pairs):,}개, 앞선 사건을 반복하는 사건 {told.repeats:.1%}",
    )
    if dataset.events.time is not None:
        first, last = float(np.nanmin(dataset.events.time)), float(np.nanmax(dataset.events.time))
        if found.columns and found.columns.dated:
            start, end = (pd.Timestamp(0) + pd.Timedelta(days=time) for time in (first, last))
            yield Bilingual(
                f"times: {start:%Y-%m-%d} to {end:%Y-%m-%d}, {last - first:,.0f} days",
                f"기간: {start:%Y-%m-%d} ~ {end:%Y-%m-%d}, {last - first:,.0f}일",
            )
        else:
            yield Bilingual(f"times: {first:g} to {last:g}, no dates", f"시간: {first:g} ~ {last:g}, 날짜가 아님")


def _choices(found: Found) -> Iterator[Bilingual]:
    scheme = found.schemes[0]
    settings = "".join(f", {key} = {thing}" for key, thing in scheme.settings.items())
    yield Bilingual(
        f"validation: {scheme.kind}{settings}, {found.folds} fold{'s' * (found.folds > 1)}: {scheme.why.en}",
        f"검증: {scheme.kind}{settings}, fold {found.folds}개: {scheme.why.ko}",
    )
    kinds = ", ".join(method.kind for method in found.retrievers)
    reranker = Bilingual("lightgbm", "lightgbm") if found.reranked else Bilingual("none", "없음")
    few = found.sizes.scored
    yield Bilingual(
        f"retrievers: {kinds}; reranker: {reranker.en} ({few:,} users with answers)",
        f"retriever: {kinds}; reranker: {reranker.ko} (정답이 있는 사용자 {few:,}명)",
    )


def _to_check(found: Found, paths: Paths) -> Iterator[Bilingual]:
    told = found.told
    yield Bilingual(
        f"written: {paths.config}. Only the competition's page can tell what follows; the lines to change:",
        f"작성함: {paths.config}. 아래는 대회 안내로만 알 수 있으니 확인하고 해당 줄을 고치세요:",
    )
    yield Bilingual(f"  the metric: [question] {line('metric', 'recall')}", f"  평가 지표: {line('metric', 'recall')}")
    if not told.k_known:
        yield Bilingual(f"  how many items: {line('k', told.k)}", f"  추천 개수: {line('k', told.k)}")
    compared = Bilingual("at least", "이상") if told.seen == "keep" else Bilingual("less than", "미만")
    seen = line("seen", told.seen)
    yield Bilingual(
        f"  whether items that a user has already may be recommended: [question] {seen}, since {compared.en} "
        f"{REPEATED:.0%} of events are repeats",
        f"  이미 이용한 아이템을 추천해도 되는지: {seen} (반복 사건이 {REPEATED:.0%} {compared.ko})",
    )
    if len(found.dataset.kinds) > 1 and not told.kinds:
        kinds = ", ".join(found.dataset.kinds)
        yield Bilingual(
            f"  which kinds of events are answers: [question] answers, now all of {kinds}",
            f"  정답이 되는 사건 종류: answers, 지금은 전부 ({kinds})",
        )
    if found.columns and found.columns.rating:
        yield Bilingual(
            "  whether low ratings count: [source] at_least, now all do",
            "  낮은 평점도 인정하는지: at_least, 지금은 모두 인정",
        )
    yield Bilingual(
        f"  how many CSVs a day: [upload] {line('daily_limit', 3)}",
        f"  하루 제출 횟수: {line('daily_limit', 3)}",
    )
