// What came of a heist: its tiles turn once. They stand still for those who want it so.
import { turn } from "./flaps.js";

const board = document.getElementById("reveal");
if (board) turn(board, [], { turns: 5, stagger: 60 });
