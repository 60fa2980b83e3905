"""Run folders: atomic files, checksums, manifest, checkpoints, results on disk."""

from interrex.store.folder import RunFolder, Verification, verify
from interrex.store.manifest import build_manifest, provenance, run_id
from interrex.store.results import result_hash

__all__ = ["RunFolder", "Verification", "build_manifest", "provenance", "result_hash", "run_id", "verify"]
