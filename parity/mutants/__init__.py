"""How much `parity run` notices: faults seeded into the sources of both packages, and the share that is found."""
