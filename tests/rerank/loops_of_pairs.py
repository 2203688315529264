"""What the features of pairs, tables and similarities are, as loops over lists and sets."""

import math
import re
from collections.abc import Callable

import numpy as np
import pandas as pd
from tests.eventful import plain_events

from shortlist.data.candidates import NO_ITEM
from shortlist.rerank import likeness
from shortlist.rerank.evidence import Evidence
from shortlist.rerank.features_of_dates import PRIOR, TAUS
from shortlist.rerank.features_of_demand import OFFSET
from shortlist.rerank.ratings import FACTORS, ITEM_SHRINKAGE, USER_SHRINKAGE

NAN = math.nan
Values = dict[str, list[float]]


def mean(values: list[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return sum(known) / len(known) if known else NAN


def most(values: list[float]) -> float:
    return max((value for value in values if not math.isnan(value)), default=NAN)


class Plain:
    """The same evidence as Python's own lists and sets."""

    def __init__(self, rows: Evidence) -> None:
        data = rows.visible
        self.rows = list(zip(rows.users.tolist(), rows.items.tolist(), strict=True))
        self.items_of = [{i for v, i in data.pairs.tolist() if v == u} for u in range(len(data.users))]
        self.users_of = [{u for u, j in data.pairs.tolist() if j == i} for i in range(len(data.items))]
        self.dataset, self.pairs = data, [tuple(pair) for pair in data.pairs.tolist()]
        self.lists, self.events = rows.lists, plain_events(data)
        self.tables = {"user": data.user_table, "item": data.item_table}

    def each(self, value: Callable[[int, int], float]) -> list[float]:
        return [value(user, item) for user, item in self.rows]

    def words(self, side: str, column: str) -> list[set[str]]:
        """The values that each row of a column has, those that enough and not too many rows have."""
        values = self.tables[side][column]
        made = []
        for value in values:
            if isinstance(value, pd.Timestamp):
                found = {value.strftime("%Y-%m")}
            elif isinstance(value, float) and not math.isnan(value):
                found = {f"{value:.12g}"}
            elif pd.isna(value):
                found = {""}
            else:
                found = set(re.findall(r"[^;\s]+", value)) if column == "words" else {value}
            made.append(found)
        number = {one: sum(one in found for found in made) for found in made for one in found}
        return [{one for one in found if 2 <= number[one] <= 0.95 * len(values)} for found in made]

    def numbers(self, side: str, column: str) -> list[float]:
        values = self.tables[side][column]
        if column == "date":
            return [(value - values.min()).days if not pd.isna(value) else NAN for value in values]
        return [float(value) for value in values]

    def text(self, side: str) -> list[dict[str, float]]:
        """TF-IDF vectors of length 1 over all columns, smoothed as scikit-learn's."""
        columns = [(str(name), self.words(side, str(name))) for name in self.tables[side]]
        rows = [{f"{name}={one}" for name, words in columns for one in words[row]} for row in range(len(columns[0][1]))]
        weight = {
            one: math.log((1 + len(rows)) / (1 + sum(one in row for row in rows))) + 1 for row in rows for one in row
        }
        length = [math.sqrt(sum(weight[one] ** 2 for one in row)) for row in rows]
        return [{one: weight[one] / length[n] for one in row} for n, row in enumerate(rows)]


def overlap(left: set[int], right: set[int]) -> float:
    return len(left & right) / math.sqrt(len(left) * len(right)) if left and right else 0.0


def product(left: dict[str, float], right: dict[str, float]) -> float:
    return sum(value * right.get(one, 0.0) for one, value in left.items())


def retrievers(plain: Plain) -> Values:
    found: Values = {}
    for name, one in plain.lists.items():
        for part in ("rank", "score", "margin"):
            found[f"{name}-{part}"] = []
        for user, item in plain.rows:
            row = one.users.tolist().index(user) if user in one.users else None
            scores = [] if row is None else [float(s) for s in one.scores[row] if s > -np.inf]
            place = -1 if row is None or item not in one.items[row] else one.items[row].tolist().index(item)
            known = place >= 0
            deviation = max(float(np.std(np.array(scores, np.float32))), 1e-9) if scores else NAN
            found[f"{name}-rank"].append(place + 1 if known else NAN)
            found[f"{name}-score"].append(scores[place] if known else NAN)
            found[f"{name}-margin"].append((scores[place] - scores[0]) / deviation if known else NAN)
    return found


def counts(plain: Plain) -> Values:
    return {
        "user": plain.each(lambda user, item: len(plain.items_of[user])),
        "item": plain.each(lambda user, item: len(plain.users_of[item])),
    }


def history_shares(plain: Plain) -> Values:
    found: Values = {}
    for column in ("kind", "words"):
        words = plain.words("item", column)
        if not any(words):  # no value that tells rows apart
            continue

        def share(user: int, item: int, words: list[set[str]] = words) -> float:
            history = plain.items_of[user]
            parts = [sum(one in words[other] for other in history) / len(history) for one in words[item] if history]
            return sum(parts) / max(len(words[item]), 1)

        found[column] = plain.each(share)
    return found


def audience_shares(plain: Plain) -> Values:
    found: Values = {}
    for column in ("kind", "words"):
        words = plain.words("user", column)
        if not any(words):  # no value that tells rows apart
            continue

        def share(user: int, item: int, words: list[set[str]] = words) -> float:
            audience = plain.users_of[item]
            parts = [sum(one in words[other] for other in audience) / len(audience) for one in words[user] if audience]
            return sum(parts) / max(len(words[user]), 1)

        found[column] = plain.each(share)
    return found


def history_distances(plain: Plain) -> Values:
    found: Values = {}
    for column in ("size", "date"):
        values = plain.numbers("item", column)
        means = [mean([values[item] for item in history]) for history in plain.items_of]
        found[column] = [values[item] for _, item in plain.rows]
        found[f"{column}-distance"] = [abs(values[item] - means[user]) for user, item in plain.rows]
    return found


def audience_distances(plain: Plain) -> Values:
    found: Values = {}
    for column in ("size", "date"):
        values = plain.numbers("user", column)
        means = [mean([values[user] for user in audience]) for audience in plain.users_of]
        found[column] = [values[user] - means[item] for user, item in plain.rows]
    return found


def nearest_dates(plain: Plain) -> Values:
    days = plain.numbers("user", "date")
    away = [[abs(days[other] - days[user]) for other in plain.users_of[item] - {user}] for user, item in plain.rows]
    return {"date-nearest": [-most([-one for one in row]) for row in away], "date-mean": [mean(row) for row in away]}


def summary(similarities: list[list[float]]) -> Values:
    """Mean, largest, second largest, and the sum by the root of the number, of each row's known ones."""
    known = [sorted((value for value in row if not math.isnan(value)), reverse=True) for row in similarities]
    return {
        "mean": [mean(row) for row in known],
        "max": [row[0] if row else NAN for row in known],
        "second": [row[1] if len(row) > 1 else NAN for row in known],
        "root": [sum(row) / math.sqrt(len(row)) if row else NAN for row in known],
    }


def over_history(plain: Plain, alike: Callable[[int, int], float]) -> Values:
    """Of each of the user's other items and the item."""
    return summary([[alike(one, item) for one in plain.items_of[user] - {item}] for user, item in plain.rows])


def over_users(plain: Plain, alike: Callable[[int, int], float]) -> Values:
    """Of each of the item's other users and the user."""
    return summary([[alike(one, user) for one in plain.users_of[item] - {user}] for user, item in plain.rows])


def co_users(plain: Plain) -> Values:
    of = plain.users_of
    return over_history(plain, lambda one, item: overlap(of[one], of[item]))


def co_items(plain: Plain) -> Values:
    of = plain.items_of
    return over_users(plain, lambda one, user: overlap(of[one], of[user]))


def followers(plain: Plain) -> Values:
    of = plain.users_of
    return over_history(plain, lambda one, item: len(of[one] & of[item]) / len(of[one]))


def tastes(plain: Plain) -> Values:
    """The best matrix of rank F for the users' rows, weighted as texts are, and the cosine of its columns."""
    number, items = len(plain.items_of), len(plain.users_of)
    dense = np.zeros((number, items))
    for user, item in plain.pairs:
        dense[user, item] = math.log((1 + number) / (1 + len(plain.users_of[item]))) + 1
    dense /= np.maximum(np.linalg.norm(dense, axis=1, keepdims=True), 1e-9)
    u, s, v = np.linalg.svd(dense)
    kept = min(likeness.FACTORS, min(dense.shape) - 1)
    best = u[:, :kept] * s[:kept] @ v[:kept]
    length = [float(np.linalg.norm(best[:, item])) for item in range(items)]

    def alike(one: int, item: int) -> float:
        return float(best[:, one] @ best[:, item]) / length[one] / length[item] if length[item] > 1e-9 else 0.0

    return {"score": [float(best[pair]) for pair in plain.rows], **over_history(plain, alike)}


def item_texts(plain: Plain) -> Values:
    text = plain.text("item")
    return over_history(plain, lambda one, item: product(text[one], text[item])) if any(text) else {}


def user_texts(plain: Plain) -> Values:
    text = plain.text("user")
    return over_users(plain, lambda one, user: product(text[one], text[user])) if any(text) else {}


def near_dates(plain: Plain) -> Values:
    """Sums over the item's other users with a date, and the log of their drawn mean beside that of all users."""
    days = plain.numbers("user", "date")
    found: Values = {}
    for tau in TAUS:

        def sums(users: set[int], day: float, tau: int = tau) -> float:
            known = [days[one] for one in users if not math.isnan(days[one])]
            return NAN if math.isnan(day) else sum(math.exp(-abs(one - day) / tau) for one in known)

        found[f"date-{tau}"], found[f"date-{tau}_lift"] = [], []
        everybody = set(range(len(days)))
        for user, item in plain.rows:
            others, usual = plain.users_of[item] - {user}, sums(everybody, days[user])
            usual /= max(sum(not math.isnan(day) for day in days), 1)
            near, number = sums(others, days[user]), sum(not math.isnan(days[one]) for one in others)
            found[f"date-{tau}"].append(near)
            found[f"date-{tau}_lift"].append(math.log((near + PRIOR * usual) / (number + PRIOR) / usual))
    return found


def demand(plain: Plain) -> Values:
    """Over all users' lists in which the item is."""
    found: Values = {}
    of_items = [1 + sum(i == item for _, i, *_ in plain.events) for item in range(len(plain.users_of))]
    for name, one in plain.lists.items():
        lists = [[item for item in row if item != NO_ITEM] for row in one.items.tolist()]
        for user, item in plain.rows:
            having = {row: items.index(item) for row, items in enumerate(lists) if item in items}
            scores = [float(one.scores[row, place]) for row, place in having.items()]
            own = one.users.tolist().index(user) if user in one.users else None
            place = None if own is None else having.get(own)
            wanted = sum(1 / (place + 1 + OFFSET) for place in having.values()) / len(lists)
            values = {
                "lead": NAN, "above": NAN, "offered": len(having) / len(lists), "demand": wanted,
                "demand_by_event": wanted / of_items[item] * sum(of_items),
            }  # fmt: skip
            if place is not None:
                deviation = max(float(np.std(scores)), 1e-9)
                values["lead"] = (float(one.scores[own, place]) - mean(scores)) / deviation
                values["above"] = sum(other < place for other in having.values()) / len(having)
            for column, value in values.items():
                found.setdefault(f"{name}-{column}", []).append(value)
    return found


def copies(plain: Plain) -> Values:
    rows = [tuple("" if pd.isna(value) else str(value) for value in row) for row in plain.tables["item"].to_numpy()]
    same = [[other for other in range(len(rows)) if rows[other] == row] for row in rows]
    return {
        "items": plain.each(lambda user, item: len(same[item])),
        "users": plain.each(lambda user, item: sum(len(plain.users_of[other]) for other in same[item])),
        "of_user": plain.each(lambda user, item: len(plain.items_of[user] & set(same[item]))),
    }


def ratings(plain: Plain) -> Values:
    """Deviations of the item and, from what it leaves, of the user, and the best matrix of rank F for the rest."""
    data = plain.dataset
    assert data.ratings is not None
    rest = {pair: float(rating - data.ratings.mean()) for pair, rating in zip(plain.pairs, data.ratings, strict=True)}
    moved = {}
    for side, name, shrinkage, number in (
        (1, "item", ITEM_SHRINKAGE, data.items),
        (0, "user", USER_SHRINKAGE, data.users),
    ):
        lists = [[value for pair, value in rest.items() if pair[side] == code] for code in range(len(number))]
        moved[name] = [sum(values) / (len(values) + shrinkage) for values in lists]
        rest = {pair: value - moved[name][pair[side]] for pair, value in rest.items()}
    dense = np.zeros((len(data.users), len(data.items)))
    for pair, value in rest.items():
        dense[pair] = value
    u, s, v = np.linalg.svd(dense)
    kept = min(FACTORS, min(dense.shape) - 1)
    taste = u[:, :kept] * s[:kept] @ v[:kept]
    return {
        "user": plain.each(lambda user, item: moved["user"][user]),
        "item": plain.each(lambda user, item: moved["item"][item]),
        "taste": plain.each(lambda user, item: float(taste[user, item])),
    }


LOOPS = (
    near_dates, demand, retrievers, counts, history_shares, history_distances, audience_shares, audience_distances,
    nearest_dates, copies, ratings, co_users, co_items, followers, tastes, item_texts, user_texts,
)  # fmt: skip
