#!/usr/bin/env python3
"""Writes seed corpora from folders of published rules: seeds.py RULES [CORPUS].

The rules have licences of their own, so what this writes is not committed. Needs PyYAML.
"""

import hashlib
import pathlib
import re
import sys

import yaml

# What an `eval` or a `where` says, up to the next command; good enough for seeds.
EXPRESSION = re.compile(r"\|\s*(?:eval\s+[\w.]+\s*=|where\s)([^|`]+)")
PATTERN = re.compile(r'\|\s*(?:rex|regex)\b[^"|]*"((?:[^"\\]|\\.)+)"')
TEXT = 'cmd.exe /c "powershell -enc SQBFAFgA" user=bob src=10.1.2.3'


def searches(rules):
    """The SPL texts of all YAML files."""
    for path in sorted(rules.rglob("*.yml")):
        for document in yaml.safe_load_all(path.read_text(encoding="utf-8", errors="replace")):
            if isinstance(document, dict):
                detection = document.get("detection")
                text = document.get("search") or document.get("definition") or detection
                if isinstance(text, str):
                    yield document.get("name", path.stem), text, "definition" in document


def main():
    rules = pathlib.Path(sys.argv[1])
    corpus = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(__file__).parent / "corpus")

    def put(target, text):
        folder = corpus / target
        folder.mkdir(parents=True, exist_ok=True)
        data = text if isinstance(text, bytes) else text.encode()
        if len(data) <= 4096:
            (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)

    for name, text, is_macro in searches(rules):
        if is_macro:
            put("macros_conf", f"[{name}]\ndefinition = {text}\n")
            continue
        put("plan", text)
        # Behind the base search, whose end is the first pipe.
        put("pipeline", text.lstrip(" |").partition("|")[2] or "table *")
        for found in EXPRESSION.findall(text):
            put("expression", found.strip())
        for found in PATTERN.findall(text):
            put("pattern", f"{found}\n{TEXT}")
    for path in sorted(rules.rglob("*.csv")):
        head = path.read_bytes()[:2048]
        table = head[: head.rfind(b"\n") + 1]
        column = table.partition(b"\n")[0].partition(b",")[0].strip()
        put("lookups", table + b'\0[t]\nfile = "t.csv"\nmatch_type = ["WILDCARD(' + column + b')"]\n')
        put("lookups", table + b"\0name: t\nfilename: t.csv\ncase_sensitive_match: 'false'\n")


if __name__ == "__main__":
    main()
