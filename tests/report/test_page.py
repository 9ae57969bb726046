import json

from hypothesis import given
from hypothesis import strategies as st

from report.page import SCRIPTS, asset, embedded, policy


@given(st.text() | st.sampled_from(["</script>", "<!--", "<script", "\u2028", "]]>", "&quot;"]))
def test_embedded_holds_no_markup_and_gives_the_text_back(text: str) -> None:
    markup = str(embedded({"text": text}))
    assert not set(markup) & set("<>&\u2028\u2029")
    assert json.loads(markup)["text"] == text


def test_embedded_survives_a_lone_surrogate() -> None:
    assert json.loads(str(embedded("a\ud83d"))) == "a?"


def test_policy_names_script_and_style_and_forbids_the_rest() -> None:
    text = policy("script", "style")
    assert text.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in text
    assert policy("script ", "style") != text


def test_scripts_make_no_markup_of_text() -> None:
    source = "".join(map(asset, SCRIPTS))
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "fetch("):
        assert word not in source
    assert "</script" not in source
