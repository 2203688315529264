"""Ways to hide events and ask for them again, one file each. Each splitter states what its scores mean."""
