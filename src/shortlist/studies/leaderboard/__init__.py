"""Offline scores against the leaderboard's: which scheme can be trusted, and what a new submission may expect."""
