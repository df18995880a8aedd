"""Where the explorer puts boxes, frames and arrows: what holds for every graph, in one run of Node.js."""

import json
import random
import re
import shutil
import subprocess
from graphlib import CycleError, TopologicalSorter
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import pytest

import autograd_scratch

PAGE = Path(autograd_scratch.__file__).parent / "drawing" / "explorer" / "page"
NODE = shutil.which("node")
WIDE, HIGH, HEADER = 120, 44, 22

RUN = """
const draw = ([boxes, frames, edges]) => {
  const { boxes: placed, frames: framed, ...rest } = layout(boxes, frames, edges);
  return JSON.stringify({ boxes: [...placed], frames: [...framed], ...rest });
};
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(cases.map((one) => [draw(one), draw(structuredClone(one))])));
"""


class Case(NamedTuple):
    boxes: list[dict[str, int]]
    frames: list[dict[str, int]]
    edges: list[dict[str, int]]


def made(edges, homes, outer=()):
    """Return a case: the frame of each box, the outer frame of each frame, pairs of tail and head."""
    boxes = [{"id": i, "width": WIDE, "height": HIGH, "frame": home} for i, home in enumerate(homes)]
    frames = [{"id": i, "frame": frame, "header": HEADER} for i, frame in enumerate(outer)]
    return Case(boxes, frames, [{"tail": tail, "head": head} for tail, head in edges])


def at_random(seed, has_circles=False):
    """Return operations of one to three operands each, some of them doubled, in frames of frames."""
    dice = random.Random(seed)
    count = dice.randrange(1, 90)
    outer = [dice.randrange(-1, i) for i in range(dice.choice([0, 0, 1, 4, 8]))]
    span = dice.choice([1, 10, 1000])  # how many boxes in a row are in one frame
    homes = [dice.randrange(-1, len(outer)) if i % span == 0 else None for i in range(count)]
    for i, home in enumerate(homes):
        homes[i] = homes[i - 1] if home is None else home
    edges = [
        (dice.randrange(max(0, head - 20), head), head)
        for head in range(1, count)
        for _ in range(dice.choice([0, 1, 1, 2, 2, 3]))
    ]
    if has_circles:
        edges += [(dice.randrange(count), dice.randrange(count)) for _ in range(5)]
    return made(edges, homes, outer)


SUM = made([(i, 500) for i in range(500)], [-1] * 501)
FEW = made([(i, 20) for i in range(20)], [-1] * 21)
SQUARE = made([(0, 1), (0, 1)], [-1, -1])
LOOSE = made([(i, 200) for i in range(200)], [0] * 200 + [-1], [-1])
CHAIN = made([edge for i in range(0, 12, 2) for edge in ((i, i + 2), (i + 1, i + 2))], [-1] * 13)
RING = made([(i, (i + 1) % 5) for i in range(5)] + [(2, 2)], [-1, 0, 0, -1, 0], [-1])
NOTHING, EMPTY = made([], []), made([(0, 1)], [-1, 0], [-1, 0, -1])
RANDOM = [at_random(seed) for seed in range(40)]
CIRCLES = [at_random(seed, has_circles=True) for seed in range(40, 50)]
CASES = [SUM, FEW, SQUARE, LOOSE, CHAIN, RING, NOTHING, EMPTY, *RANDOM, *CIRCLES]


@pytest.fixture(scope="module")
def drawn():
    """All cases with what is drawn of them, and drawn again."""
    if NODE is None:
        pytest.skip("no Node.js here, which runs the layout of the explorer (apt install nodejs)")
    source = "\n".join(file.read_text() for file in sorted(PAGE.glob("layout*.js")))
    done = subprocess.run(
        [NODE, "-e", source + RUN], input=json.dumps(CASES), capture_output=True, text=True, timeout=60
    )
    assert not done.stderr
    return [
        (case, json.loads(first), first == again)
        for case, (first, again) in zip(CASES, json.loads(done.stdout))
    ]


def of(drawn, case):
    return next(picture for one, picture, _ in drawn if one is case)


def rectangles(case, picture):
    """Return the left, top, right and bottom of ("box", id) and ("frame", id), and the frames of these."""
    spots = {("box", i): (at["x"], at["y"], at["x"] + WIDE, at["y"] + HIGH) for i, at in picture["boxes"]}
    for i, at in picture["frames"]:
        spots["frame", i] = (at["x"], at["y"], at["x"] + at["width"], at["y"] + at["height"])
    homes = {("box", box["id"]): box["frame"] for box in case.boxes}
    homes |= {("frame", frame["id"]): frame["frame"] for frame in case.frames}
    return spots, homes


def test_the_same_graph_is_drawn_the_same(drawn):
    assert all(is_same for _, _, is_same in drawn)


def test_nothing_of_one_level_overlaps(drawn):
    for case, picture, _ in drawn:
        spots, homes = rectangles(case, picture)
        for one, other in combinations(spots, 2):
            if homes[one] == homes[other]:
                (left, top, right, bottom), (left2, top2, right2, bottom2) = spots[one], spots[other]
                assert right < left2 or right2 < left or bottom < top2 or bottom2 < top, (one, other)


def test_frames_hold_what_is_in_them_below_their_titles(drawn):
    for case, picture, _ in drawn:
        spots, homes = rectangles(case, picture)
        for thing, (left, top, right, bottom) in spots.items():
            whole = (0, -HEADER, picture["width"], picture["height"])
            outer = spots["frame", homes[thing]] if homes[thing] >= 0 else whole
            assert outer[0] <= left < right <= outer[2]
            assert outer[1] + HEADER <= top < bottom <= outer[3]


def lifted(case):
    """Return the edges between two things of one level, by levels."""
    _, homes = rectangles(case, {"boxes": [], "frames": []})
    levels = {}
    for edge in case.edges:
        paths = []
        for end in ("tail", "head"):
            path = [("box", edge[end])]
            while homes[path[0]] >= 0:
                path.insert(0, ("frame", homes[path[0]]))
            paths.append(path)
        depth = next((i for i, (one, other) in enumerate(zip(*paths)) if one != other), None)
        if depth is not None:
            levels.setdefault(homes[paths[0][depth]], []).append((paths[0][depth], paths[1][depth]))
    return levels


def test_arrows_go_to_the_right_where_a_level_has_no_circle(drawn):
    count = 0
    for case, picture, _ in drawn:
        spots, _ = rectangles(case, picture)
        for edges in lifted(case).values():
            users = {}
            for tail, head in edges:
                users.setdefault(head, set()).add(tail)
            try:
                TopologicalSorter(users).prepare()
            except CycleError:
                continue
            count += len(edges)
            assert all(spots[tail][2] < spots[head][0] for tail, head in edges)
    assert count > 2000


def test_paths_begin_and_end_at_their_boxes_in_the_order_of_operands(drawn):
    for case, picture, _ in drawn:
        spots, _ = rectangles(case, picture)
        ends = {}
        for edge, path in zip(case.edges, picture["paths"], strict=True):
            x, y = map(float, re.match(r"M(\S+) ([^CH]+)", path).groups())
            tail, head = spots["box", edge["tail"]], spots["box", edge["head"]]
            assert (x, y) == (tail[2], tail[1] + HIGH / 2)
            last = re.search(r"([CH])([^CH]+)$", path)
            assert float(last[2].split()[-2 if last[1] == "C" else 0]) == head[0]
            end = (
                float(last[2].split()[-1])
                if last[1] == "C"
                else float(re.findall(r" ([^ CH]+)H", path)[-1])
            )
            assert head[1] < end < head[3]
            ends.setdefault(edge["head"], []).append(end)
        assert all(entries == sorted(entries) for entries in ends.values())
    assert of(drawn, SQUARE)["paths"][0] != of(drawn, SQUARE)["paths"][1]


def test_parameters_keep_their_order(drawn):
    for case, count in ((FEW, 20), (SUM, 500)):
        spots = [(at["y"], at["x"]) for i, at in of(drawn, case)["boxes"] if i < count]
        assert spots == sorted(spots)


def test_very_many_parameters_are_no_pole(drawn):
    assert of(drawn, FEW)["height"] > 20 * HIGH
    for case in (SUM, LOOSE):
        assert of(drawn, case)["height"] < 60 * HIGH


def test_leaves_stand_beside_what_takes_them(drawn):
    lefts = {i: at["x"] for i, at in of(drawn, CHAIN)["boxes"]}
    assert [lefts[i + 1] for i in range(0, 12, 2)] == [lefts[i] for i in range(0, 12, 2)]
    assert len({*lefts.values()}) == 7
