"""The one reader of a store: outcomes in, predictions and labelled arrays out."""
