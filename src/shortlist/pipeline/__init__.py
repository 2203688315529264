"""The stages, one file each: what they read, hand to the packages below, and leave behind."""
