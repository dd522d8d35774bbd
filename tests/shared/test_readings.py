"""How characters of names are read, and what a process holds for it."""

import json
import subprocess
import sys

_TOLD = """
import json, sys
from shared.names.readings import readings, usual
said = [usual("张"), usual("吕"), list(readings("单雄信", 0)), list(readings("欧阳修", 1))]
print(json.dumps([said, sorted(name for name in sys.modules if "phrases" in name)]))
"""


def test_names_are_read_without_the_dictionary_of_phrases():
    done = subprocess.run([sys.executable, "-c", _TOLD], capture_output=True, text=True, timeout=60, check=True)
    said, phrases = json.loads(done.stdout)
    assert said[:2] == ["zhang", "lv"]
    assert "shan" in said[2]
    assert said[3] == ["yang"]
    assert phrases == []
