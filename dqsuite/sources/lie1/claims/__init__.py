"""lie1, "Can you Lie to your Model? (1/3)": one model, label noise and less data, class by class."""
