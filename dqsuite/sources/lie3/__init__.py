"""lie3: J. Prendki, Can you Lie to your Model? (3/3), 2020."""
