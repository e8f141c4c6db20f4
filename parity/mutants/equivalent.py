"""Changes that change nothing a user could see, each with its argument.

A key is module and function, the expression before, and after, whatever the line.
"""

EQUIVALENT: dict[tuple[str, str, str], str] = {}
