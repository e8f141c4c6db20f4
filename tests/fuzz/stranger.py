"""Coverage-guided fuzzing of what a stranger can write.

`pip install -c constraints.txt atheris`, which is no dependency, then
`python tests/fuzz/stranger.py tests/fuzz/corpus -max_total_time=3600`. Each input goes through files or configs of
torchimpl under the watch of `tests/hostile.py`: an exception that is no ValueError or TypeError, a forbidden event, too
much memory or time ends the run, and libFuzzer keeps the input. `tests/test_hostile.py` reads the corpus once more.
"""

import sys
import tempfile
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parent.parent))
with atheris.instrument_imports(include=["torchimpl", "json", "zipfile"]):
    import hostile

    import torchimpl

folder = tempfile.mkdtemp()
words = {
    word for family, name, item in hostile.classes(torchimpl) for word in (name, *hostile.arguments(torchimpl, item))
}
dictionary = Path(folder) / "words"
dictionary.write_text("".join(f'"{word}"\n' for word in sorted(words | {*hostile.TAGS, "registered_name", "function"})))
entries = hostile.Entries(torchimpl, hostile.Watch(), folder)
entries.in_file("loss", '{"class_name": "MeanSquaredError"}')  # what is imported late is imported now
hostile.limit(seconds=10**6)
atheris.Setup([*sys.argv, f"-dict={dictionary}"], entries.anything)
atheris.Fuzz()
