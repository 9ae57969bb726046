"""Sprites of vehicles, furniture, vessels and small things: functions of (pen, pose, look)."""

from __future__ import annotations

import numpy as np

from demo.pen import RGB, Pen

_GLASS: RGB = (176, 212, 230)
_TYRE: RGB = (34, 34, 38)
_RIM: RGB = (185, 188, 192)
_DARK: RGB = (38, 34, 38)
_CREAM: RGB = (250, 244, 225)


def _wheels(pen: Pen, xs: tuple[float, ...], radius: float) -> None:
    for x in xs:
        pen.ellipse(x, 1 - radius, radius, radius, _TYRE)
        pen.ellipse(x, 1 - radius, radius * 0.5, radius * 0.5, _RIM)


def car(pen: Pen, pose: str, look: int) -> None:
    pen.polygon([(0.4, 0.48), (0.62, 0.12), (1.3, 0.12), (1.62, 0.48)], "body")
    pen.polygon([(0.52, 0.46), (0.68, 0.2), (0.94, 0.2), (0.94, 0.46)], _GLASS)
    pen.polygon([(1.0, 0.46), (1.0, 0.2), (1.26, 0.2), (1.48, 0.46)], _GLASS)
    pen.box(0.06, 0.44, 2.06, 0.86, "body", 0.14)
    pen.line([(0.97, 0.5), (0.97, 0.8)], 0.018, "dark")
    pen.ellipse(2.0, 0.58, 0.06, 0.07, (255, 240, 150))
    pen.box(0.05, 0.52, 0.13, 0.64, (190, 30, 30))
    _wheels(pen, (0.5, 1.6), 0.2)
    pen.mark("top", 0.95, 0.13)


def truck(pen: Pen, pose: str, look: int) -> None:
    pen.box(0.04, 0.12, 1.34, 0.84, "body", 0.03)
    pen.line([(0.1, 0.2), (1.28, 0.2)], 0.02, "dark")
    pen.box(1.36, 0.32, 1.98, 0.84, "dark", 0.08)
    pen.polygon([(1.62, 0.38), (1.82, 0.38), (1.95, 0.6), (1.62, 0.6)], _GLASS)
    pen.box(0.04, 0.8, 1.98, 0.87, _DARK)
    pen.ellipse(1.95, 0.72, 0.04, 0.05, (255, 240, 150))
    _wheels(pen, (0.36, 0.72, 1.66), 0.145)
    pen.mark("top", 0.7, 0.13)


def bus(pen: Pen, pose: str, look: int) -> None:
    pen.box(0.04, 0.06, 2.16, 0.88, "body", 0.09)
    for i in range(4):
        pen.box(0.14 + 0.4 * i, 0.18, 0.46 + 0.4 * i, 0.46, _GLASS, 0.03)
    pen.box(1.78, 0.18, 2.12, 0.5, _GLASS, 0.03)
    pen.box(1.36, 0.5, 1.64, 0.86, "dark")
    pen.ellipse(2.1, 0.7, 0.04, 0.05, (255, 240, 150))
    _wheels(pen, (0.5, 1.8), 0.15)
    pen.mark("top", 1.0, 0.07)


def sofa(pen: Pen, pose: str, look: int) -> None:
    for x in (0.16, 1.74):
        pen.box(x - 0.05, 0.88, x + 0.05, 1.0, (90, 60, 36))
    pen.box(0.14, 0.08, 1.76, 0.7, "body", 0.12)
    pen.line([(0.95, 0.12), (0.95, 0.5)], 0.02, "dark")
    pen.box(0.18, 0.52, 0.94, 0.74, "light", 0.06)
    pen.box(0.96, 0.52, 1.72, 0.74, "light", 0.06)
    pen.box(0.1, 0.7, 1.8, 0.92, "body", 0.05)
    for x in (0.02, 1.62):
        pen.box(x, 0.36, x + 0.26, 0.93, "body", 0.1)
        pen.box(x + 0.03, 0.38, x + 0.23, 0.46, "dark", 0.04)
    pen.mark("seat", 0.9, 0.6)


def chair(pen: Pen, pose: str, look: int) -> None:
    pen.line([(0.2, 0.6), (0.17, 0.97)], 0.06, "dark")
    pen.line([(0.56, 0.6), (0.6, 0.97)], 0.06, "dark")
    pen.box(0.09, 0.04, 0.22, 0.62, "body", 0.05)
    pen.line([(0.13, 0.58), (0.1, 0.97)], 0.065, "body")
    pen.line([(0.64, 0.62), (0.68, 0.97)], 0.065, "body")
    pen.box(0.07, 0.54, 0.72, 0.66, "body", 0.05)
    pen.mark("seat", 0.4, 0.56)


def table(pen: Pen, pose: str, look: int) -> None:
    for x in (0.22, 1.38):
        pen.box(x, 0.2, x + 0.07, 0.9, "dark")
    for x in (0.08, 1.5):
        pen.box(x, 0.2, x + 0.1, 1.0, "body")
    pen.polygon([(0.16, 0.02), (1.52, 0.02), (1.68, 0.18), (0.0, 0.18)], "body")
    pen.box(0.0, 0.18, 1.68, 0.28, "dark")
    pen.mark("top", 0.84, 0.12)
    pen.mark("below", 0.84, 0.97)


def cup(pen: Pen, pose: str, look: int) -> None:
    pen.ring(0.86, 0.52, 0.2, 0.22, 0.09, "dark", -90, 90)
    pen.polygon([(0.1, 0.1), (0.86, 0.1), (0.76, 0.96), (0.2, 0.96)], "body")
    pen.ellipse(0.48, 0.11, 0.38, 0.085, "dark")
    pen.ellipse(0.48, 0.125, 0.31, 0.06, (72, 44, 26))


def vase(pen: Pen, pose: str, look: int) -> None:
    x, t = 0.36, np.linspace(0, 1, 16)
    half = 0.15 + 0.19 * np.sin(np.pi * np.clip((t - 0.12) / 0.95, 0, 1)) ** 1.5 + 0.07 * (t < 0.06)
    y = 0.06 + 0.92 * t
    pen.polygon(np.concatenate([np.stack([x - half, y], 1), np.stack([x + half, y], 1)[::-1]]), "body")
    pen.ellipse(x, 0.07, 0.2, 0.045, "dark")
    pen.ellipse(x, 0.07, 0.14, 0.025, _DARK)
    pen.line([(x - 0.2, 0.42), (x - 0.23, 0.6)], 0.03, "light")
    pen.mark("mouth", x, 0.36)


def box(pen: Pen, pose: str, look: int) -> None:
    pen.polygon([(0.1, 0.3), (0.3, 0.12), (1.1, 0.12), (1.1, 0.6), (0.9, 0.6), (0.1, 0.6)], "dark")
    pen.mark("inside", 0.55, 0.84)
    pen.mark("rim", 0.55, 0.34)
    pen.front()
    pen.polygon([(0.9, 0.34), (1.1, 0.14), (1.1, 0.78), (0.9, 0.98)], "dark")
    pen.box(0.08, 0.34, 0.9, 0.98, "body")
    pen.line([(0.08, 0.36), (0.9, 0.36)], 0.03, "light")


def basket(pen: Pen, pose: str, look: int) -> None:
    pen.ring(0.55, 0.42, 0.44, 0.4, 0.055, "dark", 180, 360)
    pen.ellipse(0.55, 0.44, 0.48, 0.12, "dark")
    pen.mark("inside", 0.55, 0.84)
    pen.mark("rim", 0.55, 0.44)
    pen.front()
    pen.polygon([(0.05, 0.44), (1.05, 0.44), (0.9, 0.97), (0.2, 0.97)], "body")
    for i in range(4):
        y = 0.55 + 0.12 * i
        pen.line([(0.09 + 0.03 * i, y), (1.01 - 0.03 * i, y)], 0.022, "dark")
    for i in range(5):
        pen.line([(0.2 + 0.175 * i, 0.47), (0.27 + 0.14 * i, 0.95)], 0.022, "dark")
    pen.line([(0.05, 0.45), (1.05, 0.45)], 0.075, "light")


def ball(pen: Pen, pose: str, look: int) -> None:
    pen.ellipse(0.5, 0.5, 0.47, 0.47, "body")
    pen.ellipse(0.34, 0.3, 0.1, 0.07, "light", -35)


def book(pen: Pen, pose: str, look: int) -> None:
    pen.polygon([(0.06, 0.3), (0.2, 0.08), (1.2, 0.08), (1.1, 0.3)], "body")
    pen.box(0.06, 0.3, 1.1, 0.96, "body", 0.03)
    pen.box(0.06, 0.3, 0.16, 0.96, "dark")
    pen.polygon([(1.1, 0.32), (1.2, 0.12), (1.2, 0.76), (1.1, 0.92)], _CREAM)
    pen.box(0.34, 0.44, 0.92, 0.58, _CREAM)


def hat(pen: Pen, pose: str, look: int) -> None:
    pen.polygon([(0.46, 0.8), (0.5, 0.14), (0.8, 0.06), (1.14, 0.14), (1.18, 0.8)], "body")
    pen.ellipse(0.82, 0.84, 0.78, 0.14, "body")
    pen.polygon([(0.45, 0.6), (1.19, 0.6), (1.19, 0.78), (0.45, 0.78)], _DARK)


def umbrella(pen: Pen, pose: str, look: int) -> None:
    pen.line([(0.5, 0.1), (0.5, 0.92)], 0.028, _DARK)
    pen.ring(0.56, 0.92, 0.06, 0.06, 0.028, _DARK, 0, 180)
    t = np.linspace(np.pi, 2 * np.pi, 20)
    dome = np.stack([0.5 + 0.52 * np.cos(t), 0.52 + 0.44 * np.sin(t)], 1)
    pen.polygon(dome, "body")
    for x in (0.34, 0.66):
        pen.line([(0.5, 0.08), (x, 0.3), (x + (x - 0.5) * 0.5, 0.5)], 0.014, "dark")
    pen.mark("grip", 0.5, 0.82)


def flower(pen: Pen, pose: str, look: int) -> None:
    green = (58, 135, 60)
    pen.line([(0.3, 0.3), (0.27, 0.65), (0.3, 0.98)], 0.05, green)
    pen.ellipse(0.41, 0.66, 0.13, 0.05, green, -35)
    pen.ellipse(0.17, 0.76, 0.13, 0.05, green, 35)
    for i in range(6):
        a = np.pi / 3 * i
        pen.ellipse(0.3 + 0.155 * float(np.cos(a)), 0.24 + 0.155 * float(np.sin(a)), 0.12, 0.12, "body")
    pen.ellipse(0.3, 0.24, 0.085, 0.085, (250, 205, 60) if pen.body[2] > 110 or pen.body[1] < 110 else (110, 66, 30))
    pen.mark("grip", 0.3, 0.72)


def balloon(pen: Pen, pose: str, look: int) -> None:
    pen.line([(0.36, 0.56), (0.32, 0.75), (0.38, 0.98)], 0.018, (90, 90, 95))
    pen.polygon([(0.29, 0.6), (0.36, 0.52), (0.43, 0.6)], "dark")
    pen.ellipse(0.36, 0.29, 0.26, 0.29, "body")
    pen.ellipse(0.26, 0.18, 0.05, 0.08, "light", 30)
    pen.mark("grip", 0.38, 0.96)


def tree(pen: Pen, pose: str, look: int) -> None:
    pen.polygon([(0.34, 1.0), (0.38, 0.5), (0.48, 0.5), (0.52, 1.0)], (105, 72, 46))
    for x, y, r in ((0.22, 0.42, 0.2), (0.64, 0.42, 0.2), (0.3, 0.24, 0.2), (0.58, 0.24, 0.2), (0.43, 0.34, 0.24)):
        pen.ellipse(x, y, r, r * 0.92, "body")
    for x, y in ((0.3, 0.2), (0.56, 0.34), (0.24, 0.44)):
        pen.ring(x, y, 0.07, 0.06, 0.02, "dark", 20, 160)
