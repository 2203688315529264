"""What became of a file that was handed in, and the server's words, made harmless."""

import html
import json
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, quote_plus

from shortlist.common.bilingual import Bilingual
from shortlist.submission.entry import Again

DETAIL_LENGTH = 200
"""So many characters of the server's own words are shown and kept."""

UNSAID = Bilingual("for a reason that the server does not name", "서버가 이유를 밝히지 않았습니다")


@dataclass(frozen=True)
class Answer:
    """What became of the file.

    Attributes:
        state: whether the server has taken it.
        said: the same in one line.
        again: where refused, when the same content may be sent once more.
    """

    state: Literal["accepted", "refused", "unknown"]
    said: Bilingual
    again: Again | None = None


def accepted(detail: str = "") -> Answer:
    """The server has taken it."""
    said = Bilingual("accepted", "제출되었습니다")
    return Answer("accepted", Bilingual(f"{said.en}: {detail}", f"{said.ko}: {detail}") if detail else said)


def refused(reason: Bilingual, again: Again) -> Answer:
    """The server has said no."""
    return Answer("refused", Bilingual(f"refused: {reason.en}", f"거부되었습니다: {reason.ko}"), again)


def unknown(reason: Bilingual) -> Answer:
    """It may have arrived: a slot may be spent."""
    said = Bilingual(f"unknown whether it arrived: {reason.en}", f"도착 여부를 알 수 없습니다: {reason.ko}")
    return Answer("unknown", said)


def parsed(body: bytes) -> Any:
    """What JSON says; None where it is none, or names a key twice: the last value would hide the first."""
    try:
        return json.loads(body, object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError):
        return None


def plain(said: Any, secret: str) -> str:
    """The server's own words as one short line, the token taken out before anything is cut off."""
    text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    written = (secret, json.dumps(secret)[1:-1], quote(secret, safe=""), quote_plus(secret), html.escape(secret))
    for form in sorted(written, key=len, reverse=True):
        text = text.replace(form, "***")
    text = "".join(letter if letter.isprintable() else " " for letter in text).strip()
    return text if len(text) <= DETAIL_LENGTH else f"{text[:DETAIL_LENGTH]}..."


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(fields := dict(pairs)) < len(pairs):
        raise ValueError("a key is duplicated")
    return fields
