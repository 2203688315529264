"""Independent tasks, run by this machine's processes or by the machines of a Ray cluster, to the same bytes."""
