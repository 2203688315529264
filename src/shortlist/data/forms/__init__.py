"""The form of a submission, told by the organiser's sample: one file each, and what reads and writes the CSV."""
