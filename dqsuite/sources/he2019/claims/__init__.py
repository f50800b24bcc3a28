"""He et al. 2019, "From data quality to model quality": classes, size, labels and images, judged at the last epoch."""
