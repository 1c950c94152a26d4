// Confetti, for a whole match and nothing less.
import { still } from "/assets/js/flaps.js";

/** Lets it rain once. */
export function rain() {
  if (still()) return;
  const sky = document.createElement("div");
  sky.className = "confetti";
  sky.setAttribute("aria-hidden", "true");
  for (let one = 0; one < 70; one += 1) {
    const flake = document.createElement("i");
    flake.style.left = `${Math.random() * 100}%`;
    flake.style.animationDelay = `${Math.random() * 900}ms`;
    flake.style.setProperty("--drift", `${Math.random() * 12 - 6}rem`);
    sky.append(flake);
  }
  document.body.append(sky);
  setTimeout(() => sky.remove(), 4000);
}
