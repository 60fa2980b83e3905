"""The crisis record: given that mass protest is under way, the chance that the incumbent leaves, how and how soon."""

from interrex.record.crisis.chance import Chance, Json, Part, chance, shipped
from interrex.record.crisis.listed import Crisis, read_crises
from interrex.record.crisis.state import CrisisState
from interrex.record.crisis.summary import fit_crises, to_bytes
from interrex.record.crisis.waves import filled

__all__ = [
    "Chance",
    "Crisis",
    "CrisisState",
    "Json",
    "Part",
    "chance",
    "filled",
    "fit_crises",
    "read_crises",
    "shipped",
    "to_bytes",
]
