"""Hiding pairs, asking for them again, and scoring the answers."""
