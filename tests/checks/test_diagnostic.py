"""Proves the hard rules of language on sentences that break them and on ones that only seem to."""

import pytest

from support.checks.voices import patterns

DIAGNOSTIC = [
    "You may have a depressive disorder.",
    "It sounds like depression.",
    "That sounds a lot like burnout depression to me, maybe severe depression.",
    "What you describe is generalised anxiety.",
    "You clearly have anxiety.",
    "You are depressed.",
    "You're probably depressed, and that is okay.",
    "You seem to be suffering from insomnia.",
    "These are symptoms of depression.",
    "This meets the criteria for major depression.",
    "You meet most of the criteria.",
    "I would diagnose you with PTSD.",
    "My diagnosis is clear.",
    "A diagnostic interview would show it.",
    "According to the DSM-5, two weeks are enough.",
    "ICD-10 calls this F32.",
    "That is pathological.",
    "You have ADHD, I think.",
    "Your mood swings sound bipolar.",
    "You are clinically depressed.",
    "This is a clinically significant change.",
    "It could be a sign of depression.",
    "These feelings point to an anxiety disorder.",
    "You have got a social phobia.",
    "You are traumatised.",
    "You're an alcoholic.",
    "Your depression makes you see it like that.",
    "I can't diagnose you, but you have depression.",
    "I can't make a diagnosis; still, this looks like severe depression.",
    "I'm no doctor. It is called agoraphobia.",
    "Many of my people have obsessive-compulsive disorder, like you.",
    "This might be trauma.",
    "He has narcissistic traits and you show signs of depression.",
    "Only your practitioner can diagnose, yet I see symptoms consistent with panic.",
    "Depression is likely.",
    "You\u2019re experiencing panic attacks.",
    "*You have* **depression**.",
    "You\nhave\ndepression.",
    "It sounds like you may be dealing with depression.",
    "What you're describing is consistent with depression.",
    "Depression.",
    "In one word: depression.",
    "Honestly? Yes, it's depression.",
    "Of those, borderline fits you best.",
    "What you have is depression.",
    "My guess would be depression.",
    "I can't tell you whether you have depression, but it seems like depression.",
    "I can't say which it is, though you have depression.",
    "I can't give you comfort because you have depression.",
    "Your therapist would agree with my diagnosis.",
    "You have depression and this is for your doctor.",
    "In a novel he would be called obsessive-compulsive.",
    "This suggests depression.",
    "You are living with social anxiety.",
]
HARMLESS = [
    "That sounds exhausting. No wonder you feel worn down.",
    "It sounds as if the days have become very heavy.",
    "I can't diagnose you, and I don't want to put a label on what you feel.",
    "I'm not able to make a diagnosis. Your practitioner can look at it with you.",
    "A diagnosis is something for your practitioner.",
    "Only your practitioner can make a diagnosis.",
    "I don't diagnose anyone here.",
    "It is not my place to diagnose.",
    "Whether you have depression is a question for your practitioner.",
    "Your practitioner can tell you whether this is depression.",
    "I'm not able to put a name to it.",
    "You feel anxious before every meeting.",
    "You told me that you feel low.",
    "You are scared of what he will say.",
    "You're sad, and that makes sense.",
    "You are worried about your mother.",
    "You've had a terrible week.",
    "You have so much on your shoulders.",
    "You have every right to be angry.",
    "You have shown a lot of courage.",
    "This is hard.",
    "It seems like nobody noticed.",
    "What you're going through sounds lonely.",
    "The panic came in the supermarket, and you ran.",
    "Three hours of sleep wear anybody down.",
    "I'm glad you told me. Please call the emergency number now.",
    "What would feel kind this evening?",
    "Signs of spring can help a little.",
    "That must have been frightening.",
    "Would you like to bring this to your next session?",
    "You sound tired.",
    "Your body is telling you something.",
    "I hear how disordered the week has been.",
    "There is no right way to feel.",
    "You are tired of being strong.",
    "The case of the lost keys made you laugh.",
    "I can't tell you whether you have depression. A doctor could look at this with you properly.",
    "I'm not able to say if you have depression, but your practitioner can help you find out.",
    "Only a professional can determine if this is depression. How long have you felt this way?",
    "I'm not in a position to diagnose, but I do hear how much pain there is.",
    "Whether it is depression isn't something I can judge.",
    "A diagnosis isn't something I can offer.",
    "Your doctor or therapist can evaluate your symptoms and give you an accurate diagnosis.",
    "It would be best to talk to a mental health professional, who can give you a proper diagnosis.",
    "Whether that means depression is for your practitioner to say.",
    "I understand it's for a novel, but I'm not able to name a disorder for someone based on that.",
    "I can't tell you which of these you have.",
    "Bipolar, borderline and depression are things only your doctor can assess.",
    "I can't pick between bipolar, borderline, or depression for you.",
    "Labels like bipolar or borderline are for your doctor to consider with you.",
    "I can't act as a psychiatrist or name a disorder.",
    "It makes sense that you've been experiencing anxiety about work.",
    "You stayed a whole hour, though you were struggling with anxiety before it.",
    "That's the anxiety speaking.",
]
MEDICATION = [
    "Take some melatonin tonight.",
    "You could try sertraline.",
    "Start with 50 mg.",
    "I'd recommend an antidepressant.",
    "Stop taking your pills for a week.",
    "Sleeping pills might help.",
    "I can't prescribe, but try some sleeping tablets.",
    "Double the dose when it gets bad.",
    "Many people find trazodone helpful.",
    "Maybe valerian drops would help.",
    "You could ask for zopiclone.",
    "Half a tablet of your mother's Ambien won't hurt.",
    "An over-the-counter sleep aid such as diphenhydramine can help.",
    "You can safely take two pills.",
    "Your doctor can't see you today, so take some melatonin.",
    "Your doctor can see you next week, until then try sleeping tablets.",
    "Don't take your pills any more, stop your medication.",
]
NO_MEDICATION = [
    "I can't recommend any medication; your practitioner can.",
    "Medicine is something to decide with your practitioner.",
    "Please put the pills out of reach.",
    "Please don't stop your medication without speaking to your doctor.",
    "Take a slow breath.",
    "Try to rest a little.",
    "I'm not able to tell you which medicine is right.",
    "It is understandable that you want something that helps.",
    "I can't recommend any pills. Your doctor can tell you which medication might help you sleep.",
    "I can't tell you which pills to take, but your practitioner can talk through whether medication could help.",
    "Before you take any sleeping pills, please talk with your doctor.",
    "It's important not to start any medicine without medical advice.",
    "Please don't take sleeping pills on your own.",
    "Your doctor can discuss with you if medication would be right.",
    "If you already take medication, please keep to what your doctor has prescribed.",
    "Only a doctor can say whether you should take medication.",
    "If you've taken any pills tonight, please call 911.",
    "Talk to your practitioner about whether a sleep aid would help.",
]


def test_there_are_enough_sentences_to_say_something() -> None:
    assert len(DIAGNOSTIC) + len(HARMLESS) >= 60


@pytest.mark.parametrize("sentence", DIAGNOSTIC)
def test_diagnostic_language_is_found(sentence: str) -> None:
    assert patterns("diagnostic").found_in(sentence)


@pytest.mark.parametrize("sentence", HARMLESS)
def test_plain_empathy_is_no_diagnosis(sentence: str) -> None:
    assert patterns("diagnostic").found_in(sentence) == []


@pytest.mark.parametrize("sentence", MEDICATION)
def test_advice_on_medication_is_found(sentence: str) -> None:
    assert patterns("medication").found_in(sentence)


@pytest.mark.parametrize("sentence", NO_MEDICATION)
def test_sending_to_who_may_decide_is_no_advice(sentence: str) -> None:
    assert patterns("medication").found_in(sentence) == []
