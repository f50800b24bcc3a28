"""Engines get the cells of a plan trained: each hands cells to a training function and puts what it returns away."""
