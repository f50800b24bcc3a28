"""What identifies a training, and what keeps its outcome: cells, recipes, outcomes, store, evidence, costs."""
