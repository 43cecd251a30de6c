"""Prompts: each renders with exactly its variables; a header that lies is found before anybody pays for it."""

import pytest

from codeagent.agent.prompts import PromptError, load_prompt, prompt_names, read_prompt, render


@pytest.mark.parametrize("name", prompt_names())
def test_every_prompt_renders_with_exactly_its_variables(name):
    prompt = load_prompt(name)
    text = render(name, **{variable: f"<{variable}>" for variable in prompt.variables})
    assert prompt.purpose
    assert "{{" not in text
    assert [variable for variable in prompt.variables if f"<{variable}>" not in text] == []
    for variable in prompt.variables:
        with pytest.raises(PromptError, match=f"{variable} is not given"):
            prompt.render({one: "" for one in prompt.variables if one != variable})
    with pytest.raises(PromptError, match="other is no variable"):
        prompt.render(dict.fromkeys((*prompt.variables, "other"), ""))


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("Say {{ it }}", "must open with a header"),
        ("---\npurpose: x\n---\nSay it", "must open with a header"),
        ("---\npurpose: x\nvariables: []\n---\nSay {{ it }}", "it is used and not declared"),
        ("---\npurpose: x\nvariables: [it]\n---\nSay it", "it is unused"),
    ],
)
def test_a_header_that_does_not_fit_is_an_error(source, wrong):
    with pytest.raises(PromptError, match=wrong):
        read_prompt("x", source)


def test_what_a_value_holds_is_never_filled_in():
    prompt = read_prompt("x", "---\npurpose: x\nvariables: [a, b]\n---\n{{ a }} {{b}}")
    assert prompt.render({"a": "{{ b }}", "b": "{{ a }}"}) == "{{ b }} {{ a }}\n"


def test_an_unknown_prompt_is_told_with_those_there_are():
    with pytest.raises(PromptError, match=r"there are .*system"):
        load_prompt("nothing")
