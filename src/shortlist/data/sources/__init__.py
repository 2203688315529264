"""The organisers' files: a module for each form that they come in, named by `source` in competition.toml."""
