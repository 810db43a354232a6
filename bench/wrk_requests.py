"""Requests for wrk: made before it starts, and then sent in order, over and over."""

from collections.abc import Iterable
from pathlib import Path

_SCRIPT = """\
local requests, at = {}, 0
init = function(args)
  for path in io.lines("%s") do requests[#requests + 1] = wrk.format("GET", path) end
end
request = function()
  at = at %% #requests + 1
  return requests[at]
end
"""


def write_requests(paths: Iterable[str], folder: Path, name: str) -> Path:
    """Write the paths to ask for, and wrk's script that asks for them; return the script."""
    listed = folder / f"{name}.txt"
    listed.write_text("".join(f"{path}\n" for path in paths))
    script = folder / f"{name}.lua"
    script.write_text(_SCRIPT % listed)
    return script
