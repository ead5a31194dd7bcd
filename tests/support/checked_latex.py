"""LaTeX that would not compile is found without LaTeX."""

import re


def check_latex(text):
    """Environments are closed in order, braces balanced, and every row has all its columns."""
    opened = []
    for kind, name in re.findall(r"\\(begin|end)\{(\w+\*?)\}", text):
        if kind == "begin":
            opened.append(name)
        else:
            assert opened.pop() == name
    assert not opened
    plain = re.sub(r"\\[{}]", "", text)
    assert plain.count("{") == plain.count("}")
    for rule in ("toprule", "midrule", "bottomrule"):
        assert f"\\{rule}" in text
    columns = len(re.search(r"\\begin\{tabular\}\{([lr]+)\}", text)[1])
    for line in text.splitlines():
        if line.endswith(r"\\"):
            spans = sum(int(n) - 1 for n in re.findall(r"\\multicolumn\{(\d+)\}", line))
            assert len(re.findall(r"(?<!\\)&", line)) + 1 + spans == columns, line
    body = "\n".join(line for line in text.splitlines() if not line.startswith("%"))
    assert not re.search(r"(?<!\\)[%#]", body.replace("{!}{%", ""))
    return text
