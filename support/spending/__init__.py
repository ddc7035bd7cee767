"""Money: what a call to a real model costs, what a run may spend, and the one gate that every call passes."""

from support.spending.calls import Call, Spend, Statement
from support.spending.gatehouse import GateError, Gatehouse, OpenGate

__all__ = ["Call", "GateError", "Gatehouse", "OpenGate", "Spend", "Statement"]
