"""The two sides of a pair, users and items: their tables, and how the page names and colours them."""

from collections.abc import Mapping
from typing import Literal

import pandas as pd

from shortlist.common.bilingual import Bilingual
from shortlist.data.dataset import Dataset
from shortlist.pages.plots import BLUE, ORANGE

Side = Literal["user", "item"]

SIDES: tuple[Side, ...] = ("user", "item")

NAMES: Mapping[Side, Bilingual] = {"user": Bilingual("user", "사용자"), "item": Bilingual("item", "아이템")}

PLURALS: Mapping[Side, Bilingual] = {"user": Bilingual("users", "사용자"), "item": Bilingual("items", "아이템")}

COLOURS: Mapping[Side, str] = {"user": BLUE, "item": ORANGE}

COLOURS_SAID = Bilingual("blue: users; orange: items", "파란색은 사용자, 주황색은 아이템")
"""For captions."""


def table_of(dataset: Dataset, side: Side) -> pd.DataFrame:
    """The attributes of one side."""
    return dataset.user_table if side == "user" else dataset.item_table


def opposite(side: Side) -> Side:
    """The side that rows of this one meet at: two users meet at an item."""
    return "item" if side == "user" else "user"


def labelled(name: str, side: Side) -> Bilingual:
    """A column or a value with its side: "degree (user)"."""
    return Bilingual(f"{name} ({NAMES[side].en})", f"{name} ({NAMES[side].ko})")
