"""poisoning: The effect of Dataset Poisoning on Model Accuracy, a blog article with its program."""
