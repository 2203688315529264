"""The search for better parameters: Optuna over parts of competition.toml, on folds that the report never uses."""
