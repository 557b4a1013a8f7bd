"""How Sphinx builds the documentation (`make docs`). Pages are plain Markdown, so that they also read well in the repository.

Sphinx with MyST, because both are actively kept, and every broken link or heading is a warning, which `make docs` turns
into an error. Furo, because its pages load nothing from elsewhere. The source folder is the repository: a page links to
the READMEs of clients and deploy as it does there.
"""

project = "Flywheel"
copyright = "Flywheel contributors, Apache-2.0"
release = "0.1.0"

extensions = ["myst_parser"]
myst_heading_anchors = 3
root_doc = "docs/index"
include_patterns = ["docs/**", "*.md", "**/README.md"]
exclude_patterns = [".*", "var", "native", "**/node_modules", "docs/images"]

html_theme = "furo"
html_title = "Flywheel"
html_copy_source = False
