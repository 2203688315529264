"""The CSV that is handed in: made, checked, written with its manifest."""
