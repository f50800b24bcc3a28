"""What identifies a training and keeps its outcome: recipes, plan, cells, outcomes, store, evidence, running time."""
