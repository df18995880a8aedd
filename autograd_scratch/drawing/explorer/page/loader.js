// Unpacks the scripts of the page, whose hash the policy of the page names, and lets them run.

(async () => {
  try {
    const packed = Uint8Array.from(atob(document.getElementById("scripts").textContent), (sign) => sign.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    const script = document.createElement("script");
    script.textContent = await new Response(stream).text();
    document.body.append(script);
  } catch {
    document.body.prepend("This browser cannot show the page: it has no DecompressionStream, as browsers have since 2023.");
  }
})();
