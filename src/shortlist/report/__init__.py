"""The validation report: the table that a run prints, and the document beside the submissions."""
