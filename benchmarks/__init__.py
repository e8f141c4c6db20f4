"""How long, and how much memory, the packages take beside what people would use instead: `make bench`."""
