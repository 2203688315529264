"""The retrievers: one file each; the file's name is the retriever's kind in competition.toml."""
