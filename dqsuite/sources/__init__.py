"""The five articles and the questions that they leave, each whole in its folder: claims, figures, recipes, numbers."""
