"""What a figure is and how it is drawn; knows nothing of claims."""
