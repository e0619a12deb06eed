// @ts-check
// The worker of the page Watch: takes pictures from the camera when the program asks for one, and carries words between the program and the page.
// A page that nobody sees has slow clocks; a worker has not. A picture is sent and forgotten: nothing is kept, written or logged here.

/**
 * @typedef {{address?: string, say?: object, feed?: {readable?: ReadableStream<VideoFrame>}, bitmap?: ImageBitmap, pulse?: boolean, rest?: boolean}} ToWorker
 * @typedef {{heard?: Heard, link?: boolean, tick?: boolean}} FromWorker
 * @typedef {{feed?: string, next_ms?: number, busy?: boolean}} Heard
 */

const WIDTH = 320;
/** Larger pictures are refused by the program. */
const MOST_BYTES = 256 * 1024;
const ALIVE_MS = 1000;
const TICK_MS = 100;
/** An answer that did not come in this time does not come. */
const PATIENCE_MS = 5000;
/** How long to wait before the program is called again, the more often it was called. */
const AGAIN_MS = [500, 1000, 2000, 4000];

/** @type {WebSocket | null} */
let socket = null;
let address = "";
let tries = 0;
/** @type {ReadableStreamDefaultReader<VideoFrame> | null} */
let reader = null;
/** Without a stream of frames the page is asked for pictures. */
let asksPage = false;
let isMine = false;
let frames = 0;
let nextAt = 0;
/** When the picture that is under way was sent; 0 when none is. */
let sentAt = 0;
let isBusy = false;
const canvas = new OffscreenCanvas(WIDTH, (WIDTH * 3) / 4);
const brush = canvas.getContext("2d", { alpha: false, desynchronized: true });

/** @param {FromWorker} message */
const tell = (message) => postMessage(message);

/** @param {object} words */
function say(words) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(words));
}

function call() {
  const line = new WebSocket(address);
  line.binaryType = "arraybuffer";
  socket = line;
  line.onopen = () => {
    tries = 0;
    sentAt = 0;
    nextAt = 0;
    tell({ link: true });
  };
  line.onmessage = (event) => {
    /** @type {Heard} */
    const heard = JSON.parse(event.data);
    isMine = heard.feed === "yours";
    if (heard.next_ms !== undefined) {
      nextAt = performance.now() + heard.next_ms;
      sentAt = 0;
    }
    tell({ heard });
  };
  line.onclose = () => {
    if (socket !== line) return;
    socket = null;
    isMine = false;
    tell({ link: false });
    setTimeout(call, AGAIN_MS[Math.min(tries++, AGAIN_MS.length - 1)]);
  };
}

/** Whether the program waits for a picture now. */
function isDue() {
  const now = performance.now();
  if (sentAt && now - sentAt > PATIENCE_MS) sentAt = 0;
  return isMine && !isBusy && !sentAt && now >= nextAt && socket?.readyState === WebSocket.OPEN;
}

/** @param {VideoFrame | ImageBitmap} picture @param {number} width @param {number} height */
async function send(picture, width, height) {
  isBusy = true;
  try {
    const tall = Math.max(1, Math.round((WIDTH * height) / Math.max(1, width)));
    if (canvas.height !== tall) canvas.height = tall;
    brush?.drawImage(picture, 0, 0, WIDTH, tall);
    picture.close();
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.85 });
    const bytes = await blob.arrayBuffer();
    if (bytes.byteLength <= MOST_BYTES && socket?.readyState === WebSocket.OPEN && isMine) {
      sentAt = performance.now();
      socket.send(bytes);
    }
  } finally {
    isBusy = false;
  }
}

/** @param {ReadableStreamDefaultReader<VideoFrame>} from */
async function read(from) {
  for (;;) {
    const { done, value } = await from.read();
    if (done || reader !== from) {
      value?.close();
      return;
    }
    frames += 1;
    if (isDue()) await send(value, value.displayWidth, value.displayHeight);
    else value.close();
  }
}

function rest() {
  const old = reader;
  reader = null;
  asksPage = false;
  old?.cancel().catch(() => {});
}

onmessage = (/** @type {MessageEvent<ToWorker>} */ event) => {
  const message = event.data;
  if (message.address) {
    address = message.address;
    call();
  }
  if (message.rest) rest();
  if (message.feed) {
    rest();
    // Counted anew: what rises is what counts.
    frames = 0;
    sentAt = 0;
    nextAt = 0;
    if (message.feed.readable) {
      reader = message.feed.readable.getReader();
      read(reader).catch(() => {});
    } else {
      asksPage = true;
    }
  }
  if (message.say) say(message.say);
  if (message.bitmap) {
    frames += 1;
    if (isDue()) send(message.bitmap, message.bitmap.width, message.bitmap.height).catch(() => {});
    else message.bitmap.close();
  }
  if (message.pulse) frames += 1;
};

setInterval(() => {
  if (asksPage && isDue()) tell({ tick: true });
}, TICK_MS);

setInterval(() => {
  if (reader || asksPage) {
    if (asksPage) tell({ tick: false });
    say({ alive: frames });
  }
}, ALIVE_MS);
