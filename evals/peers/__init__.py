"""Other libraries of retrieval, each in an environment of its own, on the same texts with the same encoder."""
