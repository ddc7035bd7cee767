"""Proves that registers are counted as by hand, that voices are told apart, and that a contrast swapped is red."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.checks import contrasts
from support.checks.register import MEASURES, Register, is_english, measure, superiority
from support.checks.voices import clinical_terms_in, voices
from support.judging import labels

COUNTED = """\
## Options

I don't think it's over! You'll see: **your** plan works, doesn't it?

- Rest a little.
- Call me :)
"""
CLINICAL = [
    """\
For generalised anxiety, cognitive behavioural therapy has the strongest evidence base. Three components are worth
considering:

1. Psychoeducation about the cycle of worry, avoidance and short-term relief.
2. Cognitive restructuring of overestimated threat, supported by a thought record between sessions.
3. Graded exposure to the situations that are avoided, with response prevention for reassurance seeking.

Monitor change every two to four weeks. If there is no clinically relevant improvement after six to eight sessions,
review the formulation and consider a medical consultation.""",
    """\
The last three sessions show a consistent theme: sleep disturbance that precedes conflicts at work. The client reported
difficulty in falling asleep on most nights and described the conflicts as following "bad nights". This association is
in the client's own report; it does not establish the direction of the effect.

A structured sleep assessment and a two-week sleep diary would clarify it before an intervention is chosen. The evidence
from these records alone remains limited.""",
]
LISTED = """\
Before beginning exposure with a traumatized client, consider the following:

**Safety and stability**
- Current risk of self-harm or suicide
- Ongoing exposure to threat (for example, domestic violence)
- Active substance dependence

**Readiness**
- Capacity for affect regulation and tolerance of distress
- Dissociative symptoms, their frequency and triggers
- Therapeutic alliance and informed consent

**Evidence**
Prolonged exposure and trauma-focused CBT are supported by robust trials. Evidence that a prolonged stabilization phase
is required before exposure is limited; however, clinical judgment is warranted in complex presentations.

**Planning**
- Develop a collaborative hierarchy
- Agree on a stop signal and on coping between sessions
- Establish outcome measures (PCL-5, for example)"""
WARM = [
    """\
That sounds exhausting. Work pressing on you all day, and then not even the night gives you a break. It makes sense that
you feel worn down.

Would it help to try something small together before bed tonight? Or would you rather tell me first what has been the
heaviest part?""",
    """\
I'm really sorry that happened. I hear how much it hurt to be left out, especially by someone you trusted. There's no
need to have it sorted out now.

What would feel kind to yourself this evening?""",
]
CASUAL = """\
Oh yeah, anxiety is super common! Have you tried telling them to just breathe and not worry so much? That's usually what
works wonders, and it's honestly no biggie. I'd totally start there and see how it goes, you know?

Let me know if you want more tips! I've got plenty of them, and they're super easy to do at home, so don't you worry."""
LEAFLET = """\
Insomnia is commonly associated with occupational stress. Recommended measures:

1. Maintain consistent bedtimes.
2. Discontinue screen exposure in the evening.
3. Reduce caffeine consumption after noon.
4. Perform regular physical exercise.
5. Implement relaxation techniques."""


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("words", 18),
        ("words a sentence", 18 / 5),
        ("contractions", 100 * 4 / 18),
        ("words to the reader", 100 * 2 / 18),
        ("words of itself", 100 * 2 / 18),
        ("exclamation marks", 1),
        ("questions", 1),
        ("emoji", 1),
        ("points of lists", 2),
        ("long words", 100 * 2 / 18),
    ],
)
def test_numbers_are_those_that_one_counts(what: str, value: float) -> None:
    assert measure(COUNTED, what) == pytest.approx(value)


def test_typographic_apostrophes_count_like_plain_ones() -> None:
    assert Register("I don\u2019t and it\u2019s").contractions == Register("I don't and it's").contractions == 50


def test_a_possessive_is_no_contraction() -> None:
    assert Register("Sarah's sister met the client's doctor.").contractions == 0


def test_plain_words_need_fewer_school_years() -> None:
    assert measure(WARM[0], "school years") + 4 < measure(CLINICAL[0], "school years")


@pytest.mark.parametrize("what", MEASURES)
@pytest.mark.parametrize("text", ["", "…", "!", "\n\n- \n", "好的。"])
def test_a_text_without_words_can_be_measured(what: str, text: str) -> None:
    assert measure(text, what) >= 0


def test_an_unknown_measure_names_the_known_ones() -> None:
    with pytest.raises(LookupError, match="contractions"):
        measure("x", "warmth")


@pytest.mark.parametrize("text", [*CLINICAL, LISTED])
def test_the_clinical_voice_is_the_web_assistants_and_not_the_therapists(text: str) -> None:
    assert voices()["the web assistant"].faults(text) == []
    assert len(voices()["the therapist"].faults(text)) >= 2


@pytest.mark.parametrize("text", WARM)
def test_the_warm_voice_is_the_therapists_and_not_the_web_assistants(text: str) -> None:
    assert voices()["the therapist"].faults(text) == []
    assert len(voices()["the web assistant"].faults(text)) >= 2


def test_the_casual_voice_is_nobodys_and_a_leaflet_is_not_the_therapists() -> None:
    assert len(voices()["the web assistant"].faults(CASUAL)) >= 5
    assert len(voices()["the therapist"].faults(LEAFLET)) >= 3


def test_a_reply_in_another_language_is_in_no_voice() -> None:
    text = "Das klingt nach sehr viel auf einmal. Kein Wunder, dass die Kraft gerade nicht reicht, wenn alles drückt."
    assert all(voice.faults(text) == ["it is not in English"] for voice in voices().values())


def test_numbers_never_prove_warmth() -> None:
    """Cold and condescending replies may well lie within the ranges: only a judge can tell them."""
    cold = [each for each in labels.load("empathetic").items if each.label == "fail"]
    assert any(not voices()["the therapist"].faults(each.reply) for each in cold)


# Contrast

TABLE = [
    ["words a sentence", "more", "fewer"],
    ["long words", "more", "fewer"],
    ["words to the reader", "fewer", "more"],
]
PEOPLE = ["measure", "Dr. Lee", "Maya"]


def test_a_contrast_holds_between_voices_and_is_red_when_they_are_swapped() -> None:
    wanted = contrasts.contrasts(PEOPLE, TABLE)
    assert "words a sentence: Dr. Lee" in contrasts.hold(wanted, {"Dr. Lee": CLINICAL, "Maya": WARM})
    with pytest.raises(AssertionError, match="do not differ as stated"):
        contrasts.hold(wanted, {"Dr. Lee": WARM, "Maya": CLINICAL})


@pytest.mark.parametrize("texts", [CLINICAL, WARM])
def test_one_voice_twice_is_no_contrast(texts: list[str]) -> None:
    with pytest.raises(AssertionError):
        contrasts.hold(contrasts.contrasts(PEOPLE, TABLE), {"Dr. Lee": texts, "Maya": texts})


@pytest.mark.parametrize(
    ("headings", "row"),
    [
        (PEOPLE, ["words", "more", "more"]),
        (PEOPLE, ["words", "much", "little"]),
        (["what", "Dr. Lee", "Maya"], ["words", "more", "fewer"]),
        (["measure", "Maya"], ["words", "more", "fewer"]),
    ],
)
def test_a_table_that_states_no_direction_is_refused(headings: list[str], row: list[str]) -> None:
    with pytest.raises(ValueError, match=r"more and|expected the headings"):
        contrasts.contrasts(headings, [row])


numbers = st.lists(st.integers(0, 20).map(float), min_size=1, max_size=8)


@given(numbers, numbers)
def test_superiority_is_a_share_and_turns_with_its_sides(these: list[float], those: list[float]) -> None:
    assert superiority(these, those) == pytest.approx(1 - superiority(those, these))
    assert superiority(these, these) == pytest.approx(0.5)
    assert superiority([number + 21 for number in these], those) == 1


# Words


def test_forms_of_a_clinical_term_are_one_term() -> None:
    text = "The client's mood was low; anxiety and anxious avoidance were observed. Assessment of risk: denied intent."
    assert clinical_terms_in(text) == ["anxi", "assess", "avoidan", "denie", "mood", "observ", "risk"]


@pytest.mark.parametrize(
    "heading", ["Assessment:", "**Objective**:", "- **Mood:**", "## Risk and symptoms", "**Mood**"]
)
def test_a_heading_makes_no_term(heading: str) -> None:
    assert clinical_terms_in(f"{heading}\nShe slept well, and made progress in this session.") == []
    assert clinical_terms_in(f"{heading}\nAffect was congruent.") == ["affect", "congruent"]


@pytest.mark.parametrize("text", [*CLINICAL, *WARM, CASUAL, LEAFLET, "That sounds hard.", "Est-ce que?"])
def test_english_is_taken_for_english_and_so_are_a_few_words(text: str) -> None:
    assert is_english(text)


@pytest.mark.parametrize(
    "text",
    [
        "Wir haben ein Problem mit dem Server, und das ist so nicht gut, wenn es im Test noch fehlt.",
        "Me siento muy sola desde la mudanza y no tengo a nadie con quien hablar de esto en casa.",
        "Je ne dors pas bien et il me semble que personne ne peut m'aider dans cette situation.",
        "Non riesco a dormire e mi sento solo, che cosa posso fare per stare meglio di notte?",
        "\u8fd9\u542c\u8d77\u6765\u5f88\u96be.",
    ],
)
def test_other_languages_are_told_from_english(text: str) -> None:
    assert not is_english(text)
