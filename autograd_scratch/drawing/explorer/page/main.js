// The page begins.

const explorer = new Explorer(JSON.parse(document.getElementById("data").textContent));
explorer.start();
