"""What every other package uses: files, progress, fingerprints, texts in two languages, and the registry of kinds."""
