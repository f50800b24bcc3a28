"""lie2, "Can you Lie to your Model? (2/3)": whether the sensitivity of a class depends on the model."""
