"""Documents on paper: which, by which queue, and what became of each job."""
