// The board's motion: tiles run through letters until the right one stands there. Still for those who want it so.
const LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const any = () => LETTERS[Math.floor(Math.random() * LETTERS.length)];
const STEP = 55;

/** Whether this person wants things to stand still. */
export const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** The tiles of a board, in order. */
export const tiles = (board) => [...board.querySelectorAll(".tile")];

/** What stands on the board: letters, and which are lit. */
export const standing = (board) => tiles(board).map((tile) => tile.textContent + (tile.className.includes("lit") ? "+" : ""));

const FOLD = [
  { transform: "perspective(6em) rotateX(0)" },
  { transform: "perspective(6em) rotateX(-84deg)" },
  { transform: "perspective(6em) rotateX(0)" },
];

/** Shows a letter as fallen: the tile folds once. */
function fall(tile, letter) {
  tile.textContent = letter;
  tile.animate(FOLD, { duration: 90, easing: "ease-in" });
}

/**
 * Turns the tiles of `board` that differ from `before` to what they show; `turns` times each, one after another.
 * Resolves when all stand.
 */
export async function turn(board, before = [], { turns = 3, stagger = 14, tick = () => {} } = {}) {
  if (still()) return;
  const now = standing(board);
  const moving = tiles(board).map((tile, place) => ({ tile, place })).filter(({ place }) => now[place] !== before[place]);
  for (const one of moving) {
    one.end = one.tile.textContent;
    one.lit = one.tile.classList.contains("lit");
    one.left = turns + (one.place % 3);
    one.start = one.place * stagger;
    one.tile.classList.remove("lit");
    one.tile.textContent = before[one.place]?.[0] ?? any();
  }
  const begin = performance.now();
  let waiting = moving;
  while (waiting.length) {
    await new Promise((go) => setTimeout(go, STEP));
    const gone = performance.now() - begin;
    let fell = false;
    for (const one of waiting.filter((each) => each.start <= gone)) {
      one.left -= 1;
      fell = true;
      if (one.left > 0) fall(one.tile, any());
      else { fall(one.tile, one.end); one.tile.classList.toggle("lit", one.lit); }
    }
    if (fell) tick();
    waiting = waiting.filter((each) => each.left > 0);
  }
}

/** Keeps a board turning until the returned function is called; then it shows what it showed. */
export function keepTurning(board) {
  if (!board || still()) return () => {};
  const shown = tiles(board).map((tile) => [tile, tile.textContent, tile.classList.contains("lit")]);
  shown.forEach(([tile]) => tile.classList.remove("lit"));
  const timer = setInterval(() => shown.forEach(([tile]) => { if (Math.random() < 0.35) fall(tile, any()); }), 70);
  return () => {
    clearInterval(timer);
    shown.forEach(([tile, letter, lit]) => { tile.textContent = letter; tile.classList.toggle("lit", lit); });
  };
}
