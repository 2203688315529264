"""The dataset that every model sees, lists of candidates, and the readers of the organiser's files."""
