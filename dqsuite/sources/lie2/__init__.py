"""lie2: J. Prendki and A. Devkar, Is Class Sensitivity Model Dependent?, 2020."""
