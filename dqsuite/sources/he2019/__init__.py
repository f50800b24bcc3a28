"""he: T. He et al., From Data Quality to Model Quality, 2019."""
