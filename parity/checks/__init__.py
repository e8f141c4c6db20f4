"""The checks: each takes an entry and one case, and raises ParityError where the witnesses disagree."""
