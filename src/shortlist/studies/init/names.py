"""What the names of columns, files and events often say, in English and Korean."""

import re

from shortlist.data.forms import columns

USER = re.compile(
    columns.USER.pattern + r"|buyer|consumer|patient|student|learner|device|cookie|msno|^cid$|구매자|소비자|학생|환자"
)
ITEM = re.compile(
    columns.ITEM.pattern + r"|^[piam]id$|asin|artist|restaurant|place|^poi|venue|course|lecture|recipe|menu|goods"
    r"|channel|playlist|program|캠페인|음식점|장소|강의|메뉴|레시피|웹툰|노래|가수"
)
TIME = re.compile(r"time|date|^day|_day|^ts$|_ts$|_at$|_dt$|week|month|step|일시|날짜|시간|일자|시각")
KIND = re.compile(r"type|kind|event|action|behaviou?r|activity|유형|종류|행동|이벤트")
RATING = re.compile(r"rating|score|stars?\b|평점|별점|점수")
COUNT = re.compile(r"^index$|^idx$|^no$|row_?(id|num)|^unnamed|^$|순번|^#$")

NO_NAME = re.compile(r"column_\d+")
"""What the reader calls the columns of a file without a header."""

AMOUNTS = (
    re.compile(r"sales_?value|amount|spend|spent|revenue|^total|금액|매출"),
    re.compile(r"quantity|qty|count|pieces|units|수량|개수|횟수"),
    re.compile(r"price|cost|가격|단가"),
)
"""What an event was worth; the first that a log has says most."""

SAMPLE = (
    re.compile(r"sample.*subm|subm.*sample|샘플.*제출|제출.*(샘플|예시|양식)"),
    re.compile(r"subm|제출"),
    re.compile(r"sample|answer|예시|정답"),
)
"""Names of the file that shows the form, the surest first."""

PERMITTED = re.compile(r"candidate_?item|item_?candidate|target_?item|items?_to_|eligible|permitted|추천_?대상|후보")
"""Names of a file with the items that may be recommended."""

IMPRESSIONS = re.compile(r"impression|노출")

EVENTS: tuple[tuple[re.Pattern[str], float], ...] = (
    (re.compile(r"impress|expos|^show|remove|dislike|cancel|return|refund|skip|노출|취소|환불|반품|삭제"), 0.0),
    (re.compile(r"order|purchas|buy|bought|transaction|pay|checkout|apply|booking|구매|주문|결제|지원"), 6.0),
    (re.compile(r"cart|basket|fav|wish|like|share|collect|save|장바구니|찜|관심|좋아요"), 3.0),
    (re.compile(r"click|view|visit|detail|read|watch|play|listen|browse|pv|search|클릭|조회|시청|방문|재생|열람"), 1.0),
)
"""Words for kinds of events and what one of them weighs; 0 = it speaks against the item, or for nothing."""


def plain(name: str) -> str:
    """A column's name in small letters, words of capitals divided: `articleID` as `article_id`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).strip().casefold()


def says(trait: re.Pattern[str], name: str) -> bool:
    """Whether a column's name says so."""
    return bool(trait.search(plain(name)))


def event_weight(kind: str) -> float | None:
    """What an event of that kind weighs; None where its name is no known word."""
    return next((weight for trait, weight in EVENTS if trait.search(kind.casefold())), None)
