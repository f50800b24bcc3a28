"""From scores of repeats and images to verdicts: estimates with intervals, criteria, ranks, metrics."""
