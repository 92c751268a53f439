"""Paint a Textual screen to PNG cell by cell, as a terminal with cells of 1:2 shows it, for people to look at.

The fonts are found by file name where the system keeps fonts. Run it on an app under test:

    async with app.run_test(size=(80, 24)) as pilot:
        paint(app, Path("screen.png"))
"""

from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo
from rich.cells import get_character_cell_size
from rich.color import Color, ColorSystem
from rich.style import Style
from rich.terminal_theme import MONOKAI
from textual.app import App

_WIDTH, _HEIGHT = 12, 26
_SCREEN = "Screen"  # the chunk of a picture that holds what it shows
_Rgb = tuple[int, int, int]


@lru_cache
def _fonts() -> dict[int, ImageFont.FreeTypeFont]:
    """Return the font for characters of one cell, and for those of two."""
    faces = (ImageFont.truetype("NotoSansCJK-Regular.ttc", 22, index=index) for index in range(10))
    return {1: ImageFont.truetype("DejaVuSansMono.ttf", 20), 2: next(face for face in faces if "Mono CJK SC" in str(face.getname()[0]))}


def paint(app: App[object], path: Path, system: ColorSystem = ColorSystem.EIGHT_BIT, *, smooth: bool = True) -> None:
    """Write what the screen shows now.

    Args:
        app: an app that runs.
        path: the PNG to write.
        system: the colours the terminal has; over SSH usually 256.
        smooth: whether the edges of characters are blurred, which makes the file twice as large.
    """
    columns, rows = app.size
    image = Image.new("RGB", (columns * _WIDTH, rows * _HEIGHT))
    draw = ImageDraw.Draw(image)
    draw.fontmode = "L" if smooth else "1"
    for y, strip in enumerate(app.screen._compositor.render_strips()):
        x = 0
        for text, style, _ in strip:
            for char in text:
                cells = get_character_cell_size(char)
                if cells:
                    _cell(draw, x, y, cells, char, style or Style.null(), system)
                x += cells
    image.save(path)


def picture(app: App[object], path: Path, text: str) -> None:
    """Write what the screen shows now as a small picture that carries its own text, so that whoever has no fonts can tell what it shows."""
    paint(app, path, smooth=False)
    told = PngInfo()
    told.add_itxt(_SCREEN, text, "zh", zip=True)
    with Image.open(path) as image:
        few = image.quantize(128)
    few.save(path, pnginfo=told, optimize=True)


def pictured(path: Path) -> str:
    """Return the text that a picture carries; nothing is painted, nothing decoded."""
    with Image.open(path) as image:
        return str(image.info.get(_SCREEN, ""))


def _cell(draw: ImageDraw.ImageDraw, x: int, y: int, cells: int, char: str, style: Style, system: ColorSystem) -> None:
    ink, ground = _rgb(style.color, system, True), _rgb(style.bgcolor, system, False)
    if style.reverse:
        ink, ground = ground, ink
    left, top, right, bottom = x * _WIDTH, y * _HEIGHT, (x + cells) * _WIDTH - 1, (y + 1) * _HEIGHT - 1
    draw.rectangle((left, top, right, bottom), fill=ground)
    if not char.isspace():
        font = _fonts()[cells]
        draw.text(
            (left + (right + 1 - left - font.getlength(char)) / 2, (top + bottom) / 2),
            char,
            font=font,
            fill=ink,
            anchor="lm",
            stroke_width=0.4 if style.bold else 0,
        )
    if style.underline:
        draw.line((left, bottom - 2, right, bottom - 2), fill=ink)
    if style.strike:
        draw.line((left, (top + bottom) // 2, right, (top + bottom) // 2), fill=ink)


def _rgb(color: Color | None, system: ColorSystem, foreground: bool) -> _Rgb:
    if color is None:
        color = Color.default()
    seen = color.downgrade(system).get_truecolor(MONOKAI, foreground)
    return (seen.red, seen.green, seen.blue)


def seen(app: App[object]) -> str:
    """Return what the screen shows now as text, a line a row."""
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())
