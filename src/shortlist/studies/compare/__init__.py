"""Two submissions of one competition beside each other."""
