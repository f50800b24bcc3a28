"""Convolutions for models too small for torch's: compiled from C++ when a cell is first trained, and optional."""
