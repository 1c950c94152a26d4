// The click of falling flaps, off until somebody turns it on; the choice stays in this browser.
const KEY = "vanikeys.sound";
const on = () => localStorage.getItem(KEY) === "on";

/** A button that turns the sound on and off. */
export function soundButton(button) {
  if (!button || !window.AudioContext) return;
  const show = () => {
    button.setAttribute("aria-pressed", String(on()));
    button.textContent = `Sound: ${on() ? "on" : "off"}`;
  };
  button.hidden = false;
  button.addEventListener("click", () => { localStorage.setItem(KEY, on() ? "off" : "on"); show(); });
  show();
}

/** What makes one click; silent while the sound is off. */
export function ticker() {
  if (!on() || !window.AudioContext) return () => {};
  const sound = new AudioContext();
  return () => {
    const tone = sound.createOscillator(), loud = sound.createGain(), now = sound.currentTime;
    tone.type = "square";
    tone.frequency.value = 900 + Math.random() * 500;
    loud.gain.setValueAtTime(0.03, now);
    loud.gain.exponentialRampToValueAtTime(0.0001, now + 0.03);
    tone.connect(loud).connect(sound.destination);
    tone.start(now);
    tone.stop(now + 0.04);
  };
}
