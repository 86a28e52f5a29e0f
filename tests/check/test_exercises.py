"""What every exercise promises, over the registry."""

import ast
import itertools
import re

import numpy as np
import pytest

from lstmlib.check import check, hint, judging, outcomes, registry, solution, symptoms
from lstmlib.check.answers import judge_choice, judge_pencil
from lstmlib.check.child import encode
from lstmlib.check.exercise import Choice, Code, Convention, Mistake, Pencil

IDS = list(registry.listed())
SEEDS = 20


def of_kind(kind):
    return [name for name in IDS if isinstance(registry.find(name), kind)]


CODE, PENCIL, CHOICE = of_kind(Code), of_kind(Pencil), of_kind(Choice)


def function_of(exercise, source):
    return registry.function_of(exercise, source)


def solved(exercise):
    return function_of(exercise, registry.solution_text(exercise))


def judged(exercise, function, seed=0):
    probes = outcomes.probes_of(exercise, seed)
    return judging.judge(exercise, probes, outcomes.outcomes_here(function, probes))


@pytest.mark.parametrize("name", CODE)
def test_solution_passes_with_twenty_seeds(name):
    exercise = registry.find(name)
    function = solved(exercise)
    for seed in range(SEEDS):
        found = judged(exercise, function, seed)
        assert found["status"] == "passed", (seed, found)


@pytest.mark.parametrize("name", CODE)
def test_each_known_mistake_is_told_by_its_name(name):
    exercise = registry.find(name)
    for version, function in registry.versions(exercise):
        for seed in range(3):
            found = judged(exercise, function, seed)
            if isinstance(version, Convention):
                assert found["status"] == "passed", (version.name, found)
                assert found["note"] == version.says, version.name
            else:
                assert found["status"] == "failed", version.name
                assert found.get("mistakes") == [version.name], (version.name, seed, found)
                assert found["says"] == [version.says]


@pytest.mark.parametrize("name", ["gru-step", "gru-reset-before"])
def test_a_mistake_beside_a_legal_convention_is_told_and_the_convention_as_well(name):
    exercise, told = registry.find(name), 0
    legal = exercise.conventions[0]
    for mistake in exercise.mistakes[:6]:
        try:
            text = mistake.text(legal.text(registry.solution_text(exercise)))
        except ValueError:
            continue  # both change the same line
        found = judged(exercise, function_of(exercise, text))
        assert found["status"] == "failed", mistake.name
        told += found.get("mistakes") == [mistake.name] and legal.says in found["says"][-1]
    assert told >= 3


@pytest.mark.parametrize("name", CODE)
def test_known_mistakes_are_mistakes_and_not_slips_of_their_declaration(name):
    exercise = registry.find(name)
    probes = outcomes.probes_of(exercise)
    for version, function in registry.versions(exercise):
        raised = [o.get("raised") for o in outcomes.outcomes_here(function, probes)]
        assert not {"NameError", "SyntaxError", "ModuleNotFoundError"} & set(raised), (version.name, raised)


@pytest.mark.parametrize("name", [n for n in CODE if registry.find(n).reference])
def test_a_small_change_in_any_entry_fails(name):
    exercise = registry.find(name)
    probes = outcomes.probes_of(exercise)
    function = solved(exercise)
    rng = np.random.default_rng(1)
    right = outcomes.expected_of(exercise, probes)
    largest = max(range(len(probes)), key=lambda k: sum(a.size for a in right[k].values()))
    for k, each in itertools.product(range(len(probes)), exercise.names):
        array = right[k][each]
        if array.dtype.kind not in "biufc" or not array.size:
            continue
        places = range(array.size) if k == largest else [int(rng.integers(array.size))]
        for place in list(places)[:60]:
            answered = outcomes.outcomes_here(function, probes)[:-1]
            off = {n: np.array(a, float) for n, a in right[k].items()}
            off[each].flat[place] += 1e-3
            wrong = off[each] if isinstance(exercise.returns, str) else off
            answered[k] = {"call": k, "value": wrong, "touched": []}
            found = judging.problem(exercise, probes[k], answered[k], right[k])
            assert found and found["kind"] == "values", (probes[k].name, each, place)


@pytest.mark.parametrize("name", CODE)
def test_probes_come_from_their_own_generator_alone(name):
    made = []
    for seed in (1, 2):
        np.random.seed(seed)
        made.append(outcomes.calls_of(outcomes.probes_of(registry.find(name))))
    assert made[0] == made[1]
    assert outcomes.calls_of(outcomes.probes_of(registry.find(name), 1)) != made[0] or not any(
        isinstance(arg, (np.ndarray, dict)) for probe in outcomes.probes_of(registry.find(name)) for arg in probe.args)


@pytest.mark.parametrize("name", CODE)
def test_probes_and_messages_can_be_read(name):
    exercise = registry.find(name)
    probes = outcomes.probes_of(exercise)
    assert len({probe.name for probe in probes}) == len(probes) >= 3
    texts = [p.says for p in probes] + [m.says for m in exercise.mistakes]
    texts += [c.says for c in exercise.conventions] + [*exercise.hints, exercise.passed]
    assert not [t for t in texts if "$" in t or "\\" in t or not t.strip()]
    assert len({m.says for m in exercise.mistakes}) == len(exercise.mistakes) >= 5
    blank = [n for n in ast.walk(ast.parse(exercise.starter)) if isinstance(n, ast.Expr)
             and isinstance(n.value, ast.Constant) and n.value.value is Ellipsis]
    assert len(blank) >= 1, "the starter has no blank"


@pytest.mark.parametrize("name", CODE)
def test_checked_in_earnest(name):
    """The full way, child process and all: the starter waits, the solution passes, a mistake is named."""
    exercise = registry.find(name)
    space = {"__name__": "answers_of_a_reader", "np": np}
    exec(exercise.starter, space)
    assert check(name, space[exercise.function]).status == "waiting"
    assert check(name).status == check(name, ...).status == "waiting"
    verdict = check(name, solved(exercise))
    assert verdict.status == "passed", verdict
    assert exercise.passed in verdict.says
    mistake = exercise.mistakes[0]
    verdict = check(name, function_of(exercise, mistake.text(registry.solution_text(exercise)))
                    if mistake.swap else dict((m.name, f) for m, f in registry.versions(exercise))[mistake.name])
    assert verdict.status == "failed" and mistake.says in verdict.says


@pytest.mark.parametrize("name", PENCIL)
def test_pencil(name):
    exercise = registry.find(name)
    space = {"__name__": "solution"}
    exec(registry.solution_text(exercise), space)
    right = {number.name: number.expected() for number in exercise.numbers}
    assert check(name, **{n: ... for n in right}).status == "waiting"
    assert check(name, **right).status == "passed"
    for number in exercise.numbers:
        assert abs(space[number.name] - number.expected()) < number.tolerance / 2, number.name
        rounded = f"{number.expected():.{max(0, int(np.ceil(-np.log10(number.tolerance))))}f}"
        assert judge_pencil(exercise, right | {number.name: rounded})[
            [n.name for n in exercise.numbers].index(number.name)][0] == "right", rounded
        values = [number.expected(), *(slip.value() for slip in number.slips)]
        for one, other in itertools.combinations(values, 2):
            assert abs(one - other) > 2 * number.tolerance, (number.name, one, other)
        assert len({slip.says for slip in number.slips}) == len(number.slips) >= 3
        for slip in number.slips:
            verdict = check(name, **(right | {number.name: slip.value()}))
            assert verdict.status == "failed" and slip.says in " ".join(verdict.says)


@pytest.mark.parametrize("name", CHOICE)
def test_choice(name):
    exercise = registry.find(name)
    assert check(name, ...).status == "waiting"
    for letter, option in zip("abcdef", exercise.options):
        verdict = check(name, letter)
        assert verdict.status == ("passed" if option.right else "failed")
        assert (exercise.passed if option.right else option.says) in verdict.says
    wrong = [option.says for option in exercise.options if not option.right]
    assert len(set(wrong)) == len(wrong)
    if exercise.kind == "diagnosis":
        assert repr(symptoms(name)) == repr(symptoms(name)) != ""
    exec(compile(registry.solution_text(exercise), name, "exec"), {"__name__": "solution"})


@pytest.mark.parametrize("name", IDS)
def test_hints_and_solution_are_shown(name):
    exercise = registry.find(name)
    assert all(re.sub("[`<>&]", "", h)[:20] in re.sub("&lt;|&gt;|&amp;|<code>|</code>", "", hint(name).html)
               for h in exercise.hints)
    assert ast.get_docstring(ast.parse(registry.solution_text(exercise)))
    assert "<details" in solution(name).html


def test_ids_files_and_solutions_agree():
    written = {p.stem for p in registry.SOLUTIONS.glob("*.py")}
    assert written == {name.replace("-", "_") for name in IDS}
    folder = registry.SOLUTIONS.parents[1] / "lstmlib" / "check" / "exercises"
    assert {p.stem for p in folder.glob("*/*.py")} - {"__init__"} == written


@pytest.mark.parametrize("chapter", registry.CHAPTERS)
def test_each_chapter_has_its_share(chapter):
    mine = [registry.find(n) for n, (where, _) in registry.listed().items() if where == chapter]
    kinds = [exercise.kind for exercise in mine]
    assert kinds.count("code") >= 3 and {"pencil", "diagnosis", "recall"} <= set(kinds), kinds
    assert {exercise.level for exercise in mine} == {"routine", "standard", "open"}


@pytest.mark.parametrize("name, least", [
    ("lstm-step", 12), ("gru-step", 12), ("bptt", 15), ("lstm-bptt", 15), ("clip-global", 8), ("softmax", 6), ("perplexity", 6)])
def test_the_great_ones_know_many_mistakes(name, least):
    assert len([m for m in registry.find(name).mistakes if isinstance(m, Mistake)]) >= least


def test_what_travels_back_is_what_was_sent():
    from lstmlib.check.child import decode
    rng = np.random.default_rng(0)
    sent = {"h": rng.normal(size=(2, 3)), "n": 3, "list": [1.0, 2.5], "deep": [{"a": (np.float32(1), None)}, "text"]}
    back = decode(encode(sent))
    np.testing.assert_array_equal(back["h"], sent["h"])
    assert back["list"] == [1.0, 2.5] and back["deep"][1] == "text" and back["deep"][0]["a"][1] is None
