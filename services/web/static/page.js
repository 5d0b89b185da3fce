// While something is under way, the page shows how far that is. Without this it loads itself anew.
const waiting = document.querySelector("[data-waiting]");
const EVERY = 1000 * (Number(waiting?.dataset.waiting) || 1.5); // seconds between two looks
const PARTS = ["[data-waiting]", "[data-waiting] p", "[data-waiting] progress"];

async function look() {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const count = (each) => PARTS.map((part) => each.querySelectorAll(part).length).join();
  if (!response.ok || count(page) !== count(document)) {
    location.reload();
    return;
  }
  for (const part of PARTS.slice(1)) {
    const [here, there] = [document, page].map((each) => [...each.querySelectorAll(part)]);
    here.forEach((each, place) => each.replaceWith(there[place]));
  }
  setTimeout(again, EVERY);
}

function again() {
  look().catch(() => setTimeout(again, EVERY));
}

if (waiting) setTimeout(again, EVERY);
