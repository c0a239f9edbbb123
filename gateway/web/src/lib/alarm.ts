// Sounds without files, words by the browser's own voice, and a screen that stays awake. Browsers
// allow none of it before a hand has touched the page.

let audio: AudioContext | null = null;
let lock: WakeLockSentinel | null = null;

export async function unlock() {
  audio ??= new AudioContext();
  await audio.resume().catch(() => {});
  await stayAwake();
}

export function isUnlocked(): boolean {
  return audio?.state === 'running';
}

/** Whether the screen is kept on; browsers let go of it whenever the page is hidden. */
export async function stayAwake(): Promise<boolean> {
  try {
    if (!lock || lock.released) lock = await navigator.wakeLock.request('screen');
    return true;
  } catch {
    return false;
  }
}

export function isAwake(): boolean {
  return lock !== null && !lock.released;
}

/** Two tones, the second higher for something new and lower for something gone. */
export function ring(rises = true) {
  if (!audio || audio.state !== 'running') return;
  const tones = rises ? [660, 880] : [520, 390];
  tones.forEach((pitch, index) => tone(audio as AudioContext, pitch, index * 0.18));
}

function tone(context: AudioContext, pitch: number, after: number) {
  const from = context.currentTime + after;
  const gain = context.createGain();
  gain.connect(context.destination);
  gain.gain.setValueAtTime(0.0001, from);
  gain.gain.exponentialRampToValueAtTime(0.4, from + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.0001, from + 0.16);
  const voice = context.createOscillator();
  voice.frequency.value = pitch;
  voice.connect(gain);
  voice.start(from);
  voice.stop(from + 0.17);
}

/** Says the words where the browser has a voice for them. */
export function speakAloud(text: string, locale: string) {
  const voices = globalThis.speechSynthesis?.getVoices() ?? [];
  const voice = voices.find((known) => known.lang.startsWith(locale.slice(0, 2)));
  if (!voice) return;
  const said = new SpeechSynthesisUtterance(text);
  said.voice = voice;
  said.lang = voice.lang;
  speechSynthesis.cancel();
  speechSynthesis.speak(said);
}
