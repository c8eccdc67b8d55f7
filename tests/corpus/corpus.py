# SPDX-License-Identifier: GPL-2.0-or-later
"""Finds the corpus of real images, unpacks entries of it, and knows what the manifest says of them."""
import hashlib
import json
import os
import pathlib
import subprocess
import tarfile
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def corpus_dir():
    """The corpus beside the project (or in $LATCHKEY_SHARED), or None."""
    shared = pathlib.Path(os.environ.get("LATCHKEY_SHARED", SOURCE.parent / "shared"))
    corpus = shared / "corpus"
    return corpus if (corpus / "manifest.json").is_file() else None


def manifest():
    with open(corpus_dir() / "manifest.json", encoding="utf-8") as file:
        return json.load(file)["entries"]


class Unpacker:
    """Unpacks files of entries into a directory of its own; archives are unpacked once."""

    def __init__(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="latchkey-corpus-")
        self.path = pathlib.Path(self.scratch.name)
        self.archives = set()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.scratch.cleanup()

    def file(self, description):
        """The path of a fresh, writable copy; its hash is checked against the manifest."""
        corpus = corpus_dir()
        if "archive" in description:
            archive = description["archive"]
            if archive not in self.archives:
                plain = self.path / (archive + ".tar")
                subprocess.run(["zstd", "-qd", "--long=27", corpus / archive, "-o", plain], check=True)
                with tarfile.open(plain) as tar:
                    tar.extractall(self.path)
                plain.unlink()
                self.archives.add(archive)
            target = self.path / description["file"]
        else:
            target = self.path / pathlib.Path(description["file"]).name.removesuffix(".zst")
            target.unlink(missing_ok=True)
            subprocess.run(["zstd", "-qd", "--sparse", corpus / description["file"], "-o", target], check=True)
            target.chmod(0o600)
        assert sha256(target) == description["sha256"], f"{target}: not what the manifest describes"
        return target

    def entry(self, entry):
        """Paths by role: {'image': ...} or {'data': ..., 'header': ...}."""
        return {file["role"]: self.file(file) for file in entry["files"]}


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
