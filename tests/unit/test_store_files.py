import os
import subprocess
import sys
import textwrap

import pytest

from interrex.errors import StoreError
from interrex.store import files


def test_a_written_file_is_whole_and_its_sidecar_is_in_sha256sum_form(tmp_path):
    path = tmp_path / "a.txt"
    digest = files.write_bytes(path, b"first")
    assert files.is_whole(path)
    assert (tmp_path / "a.txt.sha256").read_text() == f"{digest}  a.txt\n"
    files.write_bytes(path, b"second")
    assert path.read_bytes() == b"second"
    assert files.is_whole(path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.txt", "a.txt.sha256"]


def test_a_changed_file_is_not_whole(tmp_path):
    path = tmp_path / "a.txt"
    files.write_bytes(path, b"first")
    path.write_bytes(b"fisrt")
    assert not files.is_whole(path)


def test_a_failing_writer_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    files.write_bytes(path, b"old")

    def fail(temporary):
        temporary.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(StoreError, match="cannot be written .No space left on device"):
        files.write_atomically(path, fail)
    assert path.read_bytes() == b"old"
    assert files.is_whole(path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.txt", "a.txt.sha256"]


def test_a_kill_while_writing_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    files.write_bytes(path, b"old")
    script = textwrap.dedent(f"""
        import os, pathlib
        from interrex.store import files
        def write(temporary):
            temporary.write_bytes(b"half")
            os.kill(os.getpid(), 9)
        files.write_atomically(pathlib.Path({str(path)!r}), write)
    """)
    assert subprocess.run([sys.executable, "-c", script]).returncode == -9
    assert path.read_bytes() == b"old"
    assert files.is_whole(path)


def test_a_second_holder_is_told_who_holds_the_folder(tmp_path):
    with files.locked(tmp_path), pytest.raises(StoreError, match=f"in use by process {os.getpid()} on "):
        with files.locked(tmp_path):
            pass
    with files.locked(tmp_path):  # free again
        pass


def test_the_lock_of_a_killed_process_is_free(tmp_path):
    script = textwrap.dedent(f"""
        import os, pathlib
        from interrex.store import files
        with files.locked(pathlib.Path({str(tmp_path)!r})):
            os.kill(os.getpid(), 9)
    """)
    assert subprocess.run([sys.executable, "-c", script]).returncode == -9
    with files.locked(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "runs").write_text("a file where a folder should be")
    with pytest.raises(StoreError, match="choose a place that you may write to"):
        files.make_folder(tmp_path / "runs" / "toy")
