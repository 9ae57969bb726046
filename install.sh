#!/usr/bin/env bash
# Makes the environment .venv of this repository, once: needs Python 3.11 or 3.12 and the package registry.
# Later calls return at once as long as setup.py and the installer of detectron2 are what they were.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

wanted=$(cat setup.py transforms/install_detectron2.py install.sh | sha256sum | cut -d' ' -f1)
if [ "$(cat .venv/installed 2>/dev/null)" = "$wanted" ]; then
  exit 0
fi

python=${PYTHON:-}
for candidate in python3.11 python3.12 python3; do
  if [ -z "$python" ] && command -v "$candidate" >/dev/null 2>&1 &&
    "$candidate" -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null; then
    python=$candidate
  fi
done
if [ -z "$python" ]; then
  echo "install.sh: Python 3.11 or 3.12 with venv is needed; name it by PYTHON=/path/to/python" >&2
  exit 2
fi

echo "installing into .venv with $("$python" --version) (about 5 GB, most of it torch)" >&2
"$python" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --upgrade pip wheel 'setuptools<81'
.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
.venv/bin/python -m transforms.install_detectron2
echo "$wanted" >.venv/installed
