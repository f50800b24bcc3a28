"""lie1: J. Prendki and A. Devkar, Can you Lie to your Model? (1/3), 2020."""
