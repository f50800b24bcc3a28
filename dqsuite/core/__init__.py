"""What knows nothing of data or models: errors, registries, names, random streams, files, the machine."""
