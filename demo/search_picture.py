"""The picture of docs/evaluation.md: what a model of the demo found for a sentence, in a browser.

python -m demo.search_picture out/demo/search.html docs/search.png
"""

from __future__ import annotations

import argparse
from pathlib import Path

from demo.page_picture import save_picture


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    save_picture(args.page, args.out, lambda page: page.wait_for_load_state())


if __name__ == "__main__":
    main()
