"""Sprites of people and animals: functions of (pen, pose). They face right; marks say where others attach."""

from __future__ import annotations

from dataclasses import dataclass

from demo.pen import RGB, Pen, Point

_SKIN: tuple[RGB, ...] = ((245, 208, 178), (222, 172, 128), (150, 100, 68))
_HAIR: tuple[RGB, ...] = ((60, 40, 28), (24, 22, 24), (205, 165, 80), (150, 75, 35))
_TROUSERS: tuple[RGB, ...] = ((58, 66, 92), (88, 84, 80), (44, 48, 52))
_DARK: RGB = (30, 28, 32)
_WHITE: RGB = (245, 244, 240)


@dataclass(frozen=True, slots=True)
class _Figure:
    """Proportions of a person, in units of the standing height."""

    head: float  # radius
    female: bool
    child: bool


def _legs(pose: str, hip: Point) -> tuple[list[Point], list[Point]]:
    x, y = hip
    if pose == "run":
        return [(x, y), (x + 0.13, 0.80), (x + 0.06, 0.97)], [(x, y), (x - 0.10, 0.80), (x - 0.24, 0.86)]
    if pose == "kick":
        return [(x, y), (x + 0.15, 0.78), (x + 0.30, 0.84)], [(x, y), (x - 0.03, 0.80), (x - 0.05, 0.97)]
    if pose in ("sit", "ride"):
        knee = 0.16 if pose == "sit" else 0.08
        return [(x, y), (x + knee, y + 0.04), (x + knee + 0.02, y + 0.25)], [
            (x, y),
            (x + knee - 0.04, y + 0.05),
            (x + knee - 0.05, y + 0.26),
        ]
    return [(x + 0.03, y), (x + 0.05, 0.8), (x + 0.05, 0.97)], [(x - 0.04, y), (x - 0.05, 0.8), (x - 0.05, 0.97)]


def _person(pen: Pen, pose: str, look: int, figure: _Figure) -> None:
    skin, hair, trousers = _SKIN[look % 3], _HAIR[look % 4], _TROUSERS[look // 4 % 3]
    r, mid = figure.head, 0.24
    neck = 0.04 + 2 * r
    hip = (mid, 0.62 if not figure.child else 0.66)
    fore, aft = _legs(pose, hip)
    shoulder = (mid + 0.01, neck + 0.07)
    # What lies behind the trunk: long hair, the far leg and the far arm.
    if figure.female and not figure.child:
        pen.polygon([(mid - r, 0.04 + r), (mid - r * 1.35, neck + 0.14), (mid + r * 0.4, neck + 0.12), (mid, r)], hair)
    if figure.female and figure.child:
        pen.ellipse(mid - r * 1.25, 0.06 + r, r * 0.55, r * 0.75, hair, 25)
        pen.ellipse(mid + r * 0.95, 0.02 + r * 0.7, r * 0.4, r * 0.55, hair, -30)
    for leg in (aft, fore):
        bare = figure.female or figure.child
        pen.line(leg, 0.085, skin if bare else trousers)
        if figure.child and not figure.female:
            pen.line(leg[:2], 0.11, trousers)
        pen.line([leg[2], (leg[2][0] + 0.05, leg[2][1])], 0.055, _DARK)
    pen.line([shoulder, (mid - 0.11, neck + 0.16), (mid - 0.13, hip[1] - 0.06)], 0.06, "dark")
    # Trunk: shirt or dress, the coloured part.
    if figure.female:
        reach = fore[1][0] + 0.06 if pose in ("sit", "ride") else mid + 0.17
        hem = hip[1] + (0.09 if pose in ("sit", "ride") else 0.14)
        pen.polygon(
            [
                (mid - 0.09, neck + 0.02),
                (mid + 0.09, neck + 0.02),
                (mid + 0.075, neck + 0.16),
                (reach, hem),
                (mid - 0.17, hem),
                (mid - 0.08, neck + 0.16),
            ],
            "body",
        )
    else:
        pen.box(mid - 0.12, neck + 0.01, mid + 0.12, hip[1] + 0.03, "body", 0.05)
    # Head, turned to the right.
    top = 0.04 + r
    pen.line([(mid, neck - 0.02), (mid, neck + 0.03)], 0.07, skin)
    pen.ellipse(mid, top, r, r, skin)
    pen.polygon(
        [
            (mid - r * 1.05, top + r * (0.5 if figure.female else 0.1)),
            (mid - r * 0.9, top - r * 0.7),
            (mid, top - r * 1.15),
            (mid + r * 0.85, top - r * 0.75),
            (mid + r * 0.75, top - r * 0.35),
            (mid - r * 0.35, top - r * 0.3),
        ],
        hair,
    )
    if not figure.female and not figure.child:
        pen.polygon(
            [
                (mid - r * 0.2, top + r * 0.35),
                (mid + r * 0.95, top + r * 0.35),
                (mid + r * 0.5, top + r),
                (mid, top + r),
            ],
            hair,
        )
    for eye in (0.15, 0.62):
        pen.ellipse(mid + r * eye, top - r * 0.02, r * 0.11, r * 0.15, _DARK)
    pen.ellipse(mid + r * 1.0, top + r * 0.15, r * 0.14, r * 0.12, skin)
    # The near arm.
    arms: dict[str, list[Point]] = {
        "hold": [shoulder, (mid + 0.14, neck + 0.2), (mid + 0.27, neck + 0.13)],
        "run": [shoulder, (mid + 0.12, neck + 0.17), (mid + 0.22, neck + 0.08)],
    }
    arm = arms.get(pose, [shoulder, (mid + 0.12, neck + 0.15), (mid + 0.15, hip[1] - 0.03)])
    if pose in ("sit", "ride"):
        arm = [shoulder, (mid + 0.13, neck + 0.18), (mid + 0.26, neck + 0.16)]
    pen.line(arm, 0.065, "dark")
    pen.ellipse(*arm[2], 0.04, 0.04, skin)
    pen.mark("hand", *arm[2])
    pen.mark("crown", mid, 0.04 + r * 0.42)
    pen.mark("hip", mid, hip[1] + 0.05)


def man(pen: Pen, pose: str, look: int) -> None:
    _person(pen, pose, look, _Figure(0.085, False, False))


def woman(pen: Pen, pose: str, look: int) -> None:
    _person(pen, pose, look, _Figure(0.085, True, False))


def boy(pen: Pen, pose: str, look: int) -> None:
    _person(pen, pose, look, _Figure(0.125, False, True))


def girl(pen: Pen, pose: str, look: int) -> None:
    _person(pen, pose, look, _Figure(0.125, True, True))


def _paws(pen: Pen, pose: str, xs: tuple[float, float], top: float, width: float, far: str | RGB = "dark") -> None:
    back, front = xs
    if pose == "run":
        pen.line([(back + 0.06, top), (back + 0.02, 0.82), (back - 0.12, 0.88)], width, far)
        pen.line([(front - 0.06, top), (front + 0.08, 0.82), (front + 0.16, 0.9)], width, far)
        pen.line([(back, top), (back - 0.1, 0.8), (back - 0.24, 0.9)], width, "body")
        pen.line([(front, top), (front + 0.16, 0.78), (front + 0.27, 0.84)], width, "body")
        return
    for x, fill in ((back + 0.13, far), (front - 0.13, far), (back, "body"), (front, "body")):
        pen.line([(x, top), (x, 0.96)], width, fill)
        pen.line([(x, 0.965), (x + 0.03, 0.965)], width * 0.9, fill)


def _face(pen: Pen, x: float, y: float, size: float) -> None:
    pen.ellipse(x, y, size, size * 1.2, _WHITE)
    pen.ellipse(x + size * 0.3, y, size * 0.6, size * 0.8, _DARK)


def _sits(pen: Pen) -> None:
    """Draws the body of a sitting cat, dog or fox: upright, front paws down."""
    pen.ellipse(0.52, 0.80, 0.27, 0.2, "dark")
    pen.polygon([(0.34, 0.9), (0.5, 0.42), (0.76, 0.4), (0.84, 0.97), (0.4, 0.97)], "body")
    pen.line([(0.68, 0.6), (0.78, 0.96), (0.82, 0.96)], 0.1, "body")
    pen.ellipse(0.46, 0.85, 0.18, 0.13, "body")


def _trunk(pen: Pen, pose: str, width: float) -> None:
    if pose == "sit":
        _sits(pen)
        return
    _paws(pen, pose, (0.34, 0.92), 0.7, width)
    pen.ellipse(0.63, 0.62, 0.39, 0.165, "body")
    pen.polygon([(0.75, 0.5), (0.88, 0.34), (1.1, 0.42), (1.0, 0.7)], "body")


def _head_at(pose: str) -> Point:
    return (0.72, 0.3) if pose == "sit" else (1.06, 0.36)


def dog(pen: Pen, pose: str, look: int) -> None:
    x, y = _head_at(pose)
    tail: list[Point] = [(0.28, 0.56), (0.14, 0.44), (0.12, 0.3)] if pose != "sit" else [(0.34, 0.9), (0.14, 0.86)]
    pen.line(tail, 0.065, "body")
    _trunk(pen, pose, 0.1)
    pen.ellipse(x, y, 0.17, 0.155, "body")
    pen.box(x + 0.03, y - 0.04, x + 0.32, y + 0.12, "body", 0.06)
    pen.ellipse(x + 0.31, y - 0.01, 0.045, 0.04, _DARK)
    pen.line([(x + 0.16, y + 0.08), (x + 0.28, y + 0.075)], 0.016, _DARK)
    pen.ellipse(x - 0.1, y + 0.06, 0.075, 0.17, "dark", 12)
    _face(pen, x + 0.07, y - 0.06, 0.035)


def cat(pen: Pen, pose: str, look: int) -> None:
    x, y = _head_at(pose)
    if pose == "sit":
        pen.line([(0.36, 0.92), (0.16, 0.94), (0.08, 0.84), (0.14, 0.74)], 0.06, "body")
    else:
        pen.line([(0.3, 0.58), (0.14, 0.5), (0.1, 0.3), (0.17, 0.14), (0.24, 0.1)], 0.058, "body")
    _trunk(pen, pose, 0.08)
    for side in (-1, 1):
        pen.polygon([(x + side * 0.04, y - 0.13), (x + side * 0.13, y - 0.28), (x + side * 0.18, y - 0.04)], "dark")
    pen.ellipse(x, y, 0.19, 0.165, "body")
    pen.ellipse(x + 0.07, y + 0.07, 0.085, 0.06, "light")
    pen.polygon([(x + 0.045, y + 0.03), (x + 0.105, y + 0.03), (x + 0.075, y + 0.065)], (225, 120, 130))
    for dy in (0.05, 0.085):
        pen.line([(x + 0.11, y + dy), (x + 0.25, y + dy * 1.5 - 0.03)], 0.009, _WHITE)
        pen.line([(x + 0.03, y + dy), (x - 0.1, y + dy * 1.5 - 0.03)], 0.009, _WHITE)
    for eye in (-0.02, 0.135):
        pen.ellipse(x + eye, y - 0.03, 0.036, 0.042, (190, 215, 90))
        pen.ellipse(x + eye + 0.006, y - 0.03, 0.014, 0.038, _DARK)


def fox(pen: Pen, pose: str, look: int) -> None:
    x, y = _head_at(pose)
    root, tip = ((0.34, 0.86), (0.02, 0.8)) if pose == "sit" else ((0.3, 0.6), (-0.1, 0.72))
    middle = ((root[0] + tip[0]) / 2, (root[1] + tip[1]) / 2)
    pen.line([root, middle], 0.13, "body")
    pen.ellipse(*middle, 0.17, 0.1, "body", -20)
    pen.ellipse(tip[0] + 0.03, tip[1], 0.09, 0.065, _WHITE, -20)
    _trunk(pen, pose, 0.075)
    for side in (-1, 1):
        ear = x - 0.04 + side * 0.09
        pen.polygon([(ear - 0.075, y - 0.06), (ear + side * 0.02, y - 0.33), (ear + 0.075, y - 0.06)], "body")
        pen.polygon([(ear - 0.035, y - 0.1), (ear + side * 0.015, y - 0.26), (ear + 0.035, y - 0.1)], _DARK)
    pen.polygon(
        [
            (x - 0.2, y + 0.02),
            (x - 0.12, y - 0.14),
            (x + 0.08, y - 0.13),
            (x + 0.38, y + 0.1),
            (x + 0.05, y + 0.15),
            (x - 0.14, y + 0.13),
        ],
        "body",
    )
    pen.polygon([(x - 0.14, y + 0.13), (x - 0.02, y + 0.05), (x + 0.36, y + 0.1), (x + 0.05, y + 0.16)], _WHITE)
    pen.ellipse(x + 0.37, y + 0.095, 0.035, 0.03, _DARK)
    _face(pen, x + 0.06, y - 0.035, 0.03)


def horse(pen: Pen, pose: str, look: int) -> None:
    hair = _HAIR[look % 2]
    pen.line([(0.24, 0.5), (0.12, 0.6), (0.1, 0.82)], 0.075, hair)
    _paws(pen, pose, (0.32, 0.88), 0.62, 0.085)
    pen.ellipse(0.6, 0.53, 0.36, 0.165, "body")
    pen.polygon([(0.76, 0.46), (0.98, 0.12), (1.14, 0.16), (1.0, 0.62)], "body")
    pen.line([(0.8, 0.38), (0.9, 0.22), (1.0, 0.07)], 0.085, hair)
    pen.polygon([(0.98, 0.07), (1.04, -0.03), (1.08, 0.08)], "dark")
    pen.polygon([(0.98, 0.09), (1.1, 0.06), (1.34, 0.24), (1.31, 0.33), (1.22, 0.34), (1.04, 0.25)], "body")
    pen.ellipse(1.28, 0.28, 0.06, 0.05, "dark")
    _face(pen, 1.11, 0.145, 0.026)
    for x in () if pose == "run" else (0.33, 0.89):
        pen.box(x - 0.05, 0.93, x + 0.06, 1.0, _DARK)
    pen.mark("saddle", 0.58, 0.42)


def duck(pen: Pen, pose: str, look: int) -> None:
    stride = 0.14 if pose == "run" else 0.0
    for x in (0.5 - stride, 0.66 + stride):
        pen.line([(0.58, 0.8), (x, 0.96), (x + 0.1, 0.97)], 0.045, (235, 140, 30))
    pen.polygon([(0.08, 0.42), (0.3, 0.56), (0.3, 0.78), (0.16, 0.66)], "body")
    pen.ellipse(0.54, 0.66, 0.36, 0.21, "body")
    pen.ellipse(0.48, 0.63, 0.2, 0.12, "dark", 15)
    pen.line([(0.78, 0.58), (0.84, 0.3)], 0.15, "body")
    pen.ellipse(0.86, 0.22, 0.15, 0.14, "body")
    pen.polygon([(0.97, 0.16), (1.2, 0.23), (1.18, 0.29), (0.96, 0.29)], (240, 160, 40))
    _face(pen, 0.9, 0.18, 0.032)
