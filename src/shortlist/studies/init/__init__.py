"""`make init`: a competition's files as downloaded, looked at, and the competition.toml that they ask for."""
