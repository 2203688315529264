"""The report's first screen: four questions, each answered in a card of a file of its own."""
