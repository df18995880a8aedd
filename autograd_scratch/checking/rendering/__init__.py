"""How a report is shown: as text, HTML and Markdown, in colour, and as plain data.

What is said, and in which order, is decided in one place (`contents`), for all of them.
"""

from .contents import headline as headline
from .contents import written as written
from .html import to_html as to_html
from .html import to_page as to_page
from .markdown import to_markdown as to_markdown
from .plain import to_plain as to_plain
from .terminal import show as show
from .terminal import to_rich as to_rich
from .terminal import write as write
from .text import to_text as to_text
