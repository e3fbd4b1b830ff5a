"""Scenario files held against the contract when they are loaded: what leaves it has to say so."""

from __future__ import annotations

from mockserver.vetting.loading import load_choice, load_scenarios
from mockserver.vetting.vetting import Vetting

__all__ = ["Vetting", "load_choice", "load_scenarios"]
