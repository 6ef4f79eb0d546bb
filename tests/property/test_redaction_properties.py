"""Properties of masking that hold for any text."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.redaction import mask

PERSONAL = st.sampled_from(
    [
        "41 Quarry Fork Rd",
        "9, côte du Moulin",
        "613-555-0199",
        "p.roy@exemple.test",
        "219-09-9999",
        "PO Box 4471",
    ]
)
NOISE = st.text(max_size=60)


@given(st.text(max_size=400))
@settings(max_examples=150, deadline=None)
def test_spans_lie_in_order_and_quote_the_original(text: str) -> None:
    masked = mask(text)
    end = 0
    for span in masked.spans:
        assert end <= span.start < span.end <= len(text)
        assert text[span.start : span.end] == span.text
        end = span.end


@given(st.text(max_size=400))
@settings(max_examples=150, deadline=None)
def test_the_masked_text_is_the_original_with_spans_replaced(text: str) -> None:
    masked = mask(text)
    rebuilt, done = "", 0
    for span in masked.spans:
        rebuilt += text[done : span.start] + span.placeholder
        done = span.end
    assert masked.text == rebuilt + text[done:]


@given(NOISE, PERSONAL, NOISE)
@settings(max_examples=150, deadline=None)
def test_personal_data_on_its_own_line_never_survives(before: str, personal: str, after: str) -> None:
    assert personal not in mask(f"{before}\n{personal}\n{after}").text


@given(st.lists(PERSONAL, min_size=1, max_size=4), st.lists(st.integers(0, 30), min_size=1, max_size=6))
@settings(max_examples=100, deadline=None)
def test_hidden_characters_do_not_save_personal_data(found: list[str], places: list[int]) -> None:
    personal = found[0]
    for place in sorted(places, reverse=True):
        at = place % len(personal)
        personal = personal[:at] + "\u200b" + personal[at:]
    masked = mask(f"here: {personal} end").text.replace("\u200b", "")
    assert found[0] not in masked
