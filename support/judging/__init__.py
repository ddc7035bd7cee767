"""Judges: a model says whether a reply meets one criterion, and how far it may be believed is measured.

    judge = Judge(rubrics.named("empathetic"), model="gpt-4.1", ask=Client(address, key))
    decision = judge.decide(Transcript.of("I can't sleep.", "That sounds exhausting."), "mark/1")
    standing = calibration.standing(judge.identity, ...)      # gating, or advisory and why

A judge is its model, prompt, rubric, temperature and parser together: `identity` is their hash, and a calibration holds
for exactly that hash.
"""
