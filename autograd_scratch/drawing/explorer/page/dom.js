"use strict";
// What pages are made of, and how numbers are written.

/** Make an element; "svg:path" is one of SVG, what begins with "on" a listener, and nothing is parsed as HTML. */
function element(tag, attributes = {}, ...children) {
  const made = tag.startsWith("svg:")
    ? document.createElementNS("http://www.w3.org/2000/svg", tag.slice(4))
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Write a text into an element, if it is not there already. */
function say(where, text) {
  if (where.textContent !== text) where.textContent = text;
}

const WORDS = new Map([[Infinity, "inf"], [-Infinity, "-inf"]]);

/** Write a number in four digits, as Python's format ".4g" does. */
function brief(number) {
  if (!Number.isFinite(number)) return WORDS.get(number) ?? "nan";
  const size = Math.abs(number);
  const isFar = size && (size < 1e-99 || size >= 1e100); // so that two of them have room in a box
  const [digits, exponent] = number.toExponential(isFar ? 1 : 3).split("e");
  if (number !== 0 && (exponent < -4 || exponent > 3)) {
    const power = Math.abs(exponent).toString().padStart(2, "0");
    return `${Number(digits)}e${exponent < 0 ? "-" : "+"}${power}`;
  }
  return String(Number(number.toPrecision(4)));
}

/** Write a number with all its digits. */
function exact(number) {
  return Number.isFinite(number) ? String(number) : WORDS.get(number) ?? "nan";
}

/** Return the bytes of a text in base64. */
function bytesOf(text) {
  return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
}

/** Return the numbers of a text in base64. */
function floatsOf(text) {
  const view = new DataView(bytesOf(text).buffer);
  return Float64Array.from({ length: view.byteLength / 8 }, (_, i) => view.getFloat64(8 * i, true));
}

/** Return the bytes that Python packed: deflated, and then in base64. */
async function unpacked(text) {
  const packed = new Blob([bytesOf(text)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

/** Compile and start a packed module of WebAssembly. */
async function started(text) {
  return (await WebAssembly.instantiate(await unpacked(text))).instance.exports;
}

/** Write a count of things: 1 box, 2 boxes. */
function counted(count, one, several = `${one}s`) {
  return `${count.toLocaleString("en")} ${count === 1 ? one : several}`;
}
