"""Which hold-out rule do the visible counts per user betray?"""
