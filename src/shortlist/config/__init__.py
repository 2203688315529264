"""What a competition's folder says: competition.toml, and where each file lies."""
