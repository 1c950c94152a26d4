// The page of a pull that was just made: the flaps run until the key stands there, then the result is told. A reload
// shows the result at once.
import { still, turn } from "/assets/js/flaps.js";
import { rain } from "/assets/js/party.js";
import { takeOver } from "/assets/js/send.js";
import { soundButton, ticker } from "/assets/js/sound.js";

const page = document.getElementById("result");
soundButton(document.querySelector("[data-sound]"));
takeOver();

async function reveal() {
  sessionStorage.removeItem("vanikeys.fresh");
  const said = document.createElement("p");
  said.className = "unseen";
  said.setAttribute("role", "status");
  page.append(said);
  if (!still()) {
    page.classList.add("revealing");
    await turn(page.querySelector("[data-board]"), [], { turns: 5, stagger: 26, tick: ticker() });
    page.classList.remove("revealing");
  }
  said.textContent = document.getElementById("outcome").textContent;
  if ("win" in page.dataset) rain();
}

if (sessionStorage.getItem("vanikeys.fresh") === page.dataset.pull) reveal();
