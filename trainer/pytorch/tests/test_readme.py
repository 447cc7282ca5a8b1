"""The Python that the documentation shows calls what is there."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

import mixpolicy
from conftest import ROOT

CALLS = {
    "mixpolicy.steer": mixpolicy.steer,
    "mixpolicy.agent_spec": mixpolicy.agent_spec,
    "policy.mix": mixpolicy.SteeredRun.mix,
    "policy.report": mixpolicy.SteeredRun.report,
}


@pytest.mark.parametrize("page", ["README.md", "docs/clients.md", "trainer/pytorch/README.md"])
def test_sample_calls_fit_their_signatures(page: str) -> None:
    samples = [block for block in re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(), re.DOTALL) if "mixpolicy" in block]
    seen = set()
    for call in [node for sample in samples for node in ast.walk(ast.parse(sample)) if isinstance(node, ast.Call)]:
        name = ast.unparse(call.func)
        if name in CALLS:
            seen.add(name)
            signature = inspect.signature(CALLS[name])
            itself = [None] if name.startswith("policy.") else []
            # Raises TypeError where an argument is missing or unknown.
            signature.bind(*itself, *call.args, **{str(keyword.arg): None for keyword in call.keywords})
    assert seen >= {"mixpolicy.steer", "policy.mix", "policy.report"}


def test_package_names_what_it_exports() -> None:
    assert all(hasattr(mixpolicy, name) for name in mixpolicy.__all__)
    assert (Path(mixpolicy.__file__).parent / "py.typed").exists()
