"""Gives MkDocs the pages that are made from the packages."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from mkdocs.structure.files import File

from parity import site


def on_config(config):
    """List the pages of the components in the navigation."""
    (section,) = (item for item in config.nav if "Components" in item)
    section["Components"] = [
        "components.md",
        *({module.capitalize(): uris} for module, uris in site.navigation().items()),
    ]
    return config


def on_files(files, config):
    """Add what is made."""
    for uri, content in site.pages():
        files.append(File.generated(config, uri, content=content))
    return files


def on_page_content(html, page, config, files):
    """Give a page without headings the room of its table of contents."""
    if not any(item.children for item in page.toc):
        page.meta.setdefault("hide", ["toc"])
