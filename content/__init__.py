"""The corpus: notices, and how a notice becomes passages."""
