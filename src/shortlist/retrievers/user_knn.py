"""User-based collaborative filtering: what do users with a similar history have?

With its defaults this is the baseline that the organiser of Dacon 236170 published: S is the cosine of the binary user
rows (all users, oneself among them), the scores are S X / sum |S|.
"""

from shortlist.retrievers.base import parameters
from shortlist.retrievers.neighbours import UserNeighbours


@parameters
class UserKNN(UserNeighbours):
    """`neighbours.UserNeighbours` as it is."""


RETRIEVER = UserKNN
