"""Who takes CSVs: how each service is reached, and what its answers mean."""
