"""Second stage: candidates described by features, and models that put them in a better order."""
