"""Why a user gets these items."""
