"""The monthly review: from what is known of a portfolio to one page of HTML that needs nothing else."""
