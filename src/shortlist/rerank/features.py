"""Every feature of a candidate: one decorated function each, or for each family over columns, with its reason."""

from shortlist.rerank import (
    features_of_dates,
    features_of_demand,
    features_of_kinds,
    features_of_pairs,
    features_of_repeats,
    features_of_similarity,
    features_of_time,
)
from shortlist.rerank.feature import FEATURES as FEATURES
from shortlist.rerank.feature import Columns as Columns
from shortlist.rerank.feature import Feature as Feature
from shortlist.rerank.feature import feature as feature
from shortlist.rerank.feature import own_features as own_features
from shortlist.rerank.feature import own_modules as own_modules

THEMES = (
    features_of_dates, features_of_demand, features_of_kinds, features_of_pairs, features_of_repeats,
    features_of_similarity, features_of_time,
)  # fmt: skip
"""The files of features, in the order of `FEATURES`: a function is registered by being imported."""
