"""Question sets, measures, runs and comparisons. The product never imports this package."""
