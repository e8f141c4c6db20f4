"""What holds for the checks of users' own pairs in this process; imports nothing heavy, for pytest's plugin."""

from dataclasses import dataclass, field


@dataclass
class Settings:
    """What a check that does not say it itself draws, and what has been found.

    Args:
        examples: how many cases.
        seed: what they are drawn from.
        summaries: one line for each pair that agreed, for pytest's summary.
    """

    examples: int = 100
    seed: int = 0
    summaries: list[str] = field(default_factory=list)


SETTINGS = Settings()
