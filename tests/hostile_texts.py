"""What a stranger might write into a caption, a name or a path, for a page to run."""

from __future__ import annotations

HOSTILE = (
    '</script><script>window.ran="script"</script>',
    '"><img src=x onerror=window.ran="attribute">',
    "'><svg onload=window.ran='svg'>",
    "<!--<script>",
    "{{ 7 * 7 }}${7*7}",
    "a\u2028\u2029\x1b]8;;x\a",
    "__proto__",
)
