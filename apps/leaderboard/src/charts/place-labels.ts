/** A place on the chart, in pixels from the top left. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A line that wants a name beside it: its points and the size of the name. */
export interface LabelledLine {
  readonly id: string;
  readonly points: readonly Place[];
  readonly width: number;
  readonly height: number;
}

/** Where a name goes: `x` and `y` are the left end of its base line. */
export interface PlacedLabel extends Place {
  readonly id: string;
  /** From the name to its line, where another line is nearer; null where the name speaks for itself. */
  readonly leader: readonly [Place, Place] | null;
}

const GAP = 7;

/** Squared distance between a point and a box; 0 inside. */
function outside(box: Box, x: number, y: number): number {
  const dx = Math.max(box.left - x, 0, x - box.right);
  const dy = Math.max(box.top - y, 0, y - box.bottom);
  return dx * dx + dy * dy;
}

/** Places every few pixels along a line. */
function samplesOf(points: readonly Place[]): Place[] {
  return points.flatMap((a, i) => {
    const b = points[i + 1] ?? a;
    const steps = Math.max(1, Math.ceil(Math.hypot(b.x - a.x, b.y - a.y) / 4));
    return Array.from({ length: steps }, (_, s) => ({
      x: a.x + ((b.x - a.x) * s) / steps,
      y: a.y + ((b.y - a.y) * s) / steps,
    }));
  });
}

/** Distance in pixels from a box to the samples of a line, as far as `reach`. */
function clearance(box: Box, samples: readonly Place[], reach = 40): number {
  let nearest = reach * reach;
  for (const { x, y } of samples) {
    if (x < box.left - reach || x > box.right + reach) continue;
    nearest = Math.min(nearest, outside(box, x, y));
  }
  return Math.sqrt(nearest);
}

function overlaps(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** Boxes a name may take: beyond the line's end, and above or below each of its points, to either side. */
function candidates(line: LabelledLine): Box[] {
  const boxes: Box[] = [];
  const box = (left: number, top: number): void => {
    boxes.push({ left, top, right: left + line.width, bottom: top + line.height });
  };
  const last = line.points.at(-1);
  if (last) box(last.x + GAP + 3, last.y - line.height / 2);
  const middles = line.points.slice(1).map((b, i): Place => {
    const a = line.points[i] ?? b;
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  });
  for (const { x, y } of [...line.points, ...middles]) {
    for (const lift of [GAP, GAP + 8, GAP + 18, GAP + 30]) {
      for (const left of [x - line.width / 2, x + 2, x - line.width - 2]) {
        box(left, y - lift - line.height);
        box(left, y + lift);
      }
    }
  }
  return boxes;
}

/** Of some boxes in order of preference, the first that is clear of all lines, else the clearest. */
export function clearest(boxes: readonly Box[], lines: readonly (readonly Place[])[]): Box | undefined {
  const samples = lines.map(samplesOf);
  const judged = boxes.map((box) => ({ box, room: Math.min(...samples.map((line) => clearance(box, line, 6)), 6) }));
  return judged.sort((a, b) => b.room - a.room)[0]?.box;
}

/** The shortest way from a box to a line. */
function leaderOf(box: Box, samples: readonly Place[]): readonly [Place, Place] | null {
  const [nearest] = [...samples].sort((a, b) => outside(box, a.x, a.y) - outside(box, b.x, b.y));
  if (!nearest) return null;
  const edge = {
    x: Math.min(Math.max(nearest.x, box.left), box.right),
    y: Math.min(Math.max(nearest.y, box.top), box.bottom),
  };
  return [edge, nearest];
}

/** A place a name may take: its distance to its own line, to the other curves, and to all that must stay readable. */
interface JudgedBox {
  readonly box: Box;
  readonly near: number;
  readonly beside: number;
  readonly room: number;
}

/** A name nearer to another line would be read as that line's. */
function speaksForItself({ near, beside }: JudgedBox): boolean {
  return near < beside;
}

/**
 * Names lines where they are. Each name takes, of the free places that no other line is nearer to, the one farthest from
 * all lines; lines with the fewest such places choose first. Names left over stand nearer to another line and get a
 * leader; a line without any free place gets no name here.
 *
 * @param area where names may stand
 * @param obstacles lines that bear no name of this call but must stay readable
 * @param taken boxes of text that already stands
 */
export function placeLabels(
  lines: readonly LabelledLine[],
  area: Box,
  obstacles: readonly (readonly Place[])[] = [],
  taken: readonly Box[] = [],
): PlacedLabel[] {
  const occupied = [...taken];
  const samples = new Map(lines.map((line) => [line, samplesOf(line.points)]));
  const straight = obstacles.map(samplesOf);
  const room = (box: Box, others: readonly (readonly Place[])[]): number =>
    Math.min(...others.map((other) => clearance(box, other)), 40);
  const free = lines.map((line) => {
    const own = samples.get(line) ?? [];
    const others = [...samples.values()].filter((other) => other !== own);
    const places = candidates(line)
      .filter((box) => box.left >= area.left && box.right <= area.right)
      .filter((box) => box.top >= area.top && box.bottom <= area.bottom)
      .map((box): JudgedBox => {
        const beside = room(box, others);
        return { box, near: clearance(box, own), beside, room: Math.min(beside, room(box, straight)) };
      })
      .filter((place) => place.near >= 4 && place.room >= 5)
      .sort((a, b) => b.room - a.room);
    return {
      line,
      own,
      clear: places.filter(speaksForItself),
      others: places.filter((place) => !speaksForItself(place)),
    };
  });
  const placed: PlacedLabel[] = [];
  const place = ({ line, own }: (typeof free)[number], choices: readonly JudgedBox[]): boolean => {
    const choice = choices.find(({ box }) => !occupied.some((other) => overlaps(box, other)));
    if (!choice) return false;
    occupied.push(choice.box);
    const leader = speaksForItself(choice) ? null : leaderOf(choice.box, own);
    placed.push({ id: line.id, x: choice.box.left, y: choice.box.bottom - line.height * 0.24, leader });
    return true;
  };
  free.sort((a, b) => a.clear.length - b.clear.length);
  const crowded = free.filter((entry) => !place(entry, entry.clear));
  crowded.sort((a, b) => a.others.length - b.others.length);
  for (const entry of crowded) place(entry, entry.others);
  return placed;
}
