"""What a run found, as one page to look at: a file that loads nothing."""
