// While calendars are read, the page shows how far that is. Without this it loads itself anew.
const EVERY = 1500;

async function look() {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const [before, fresh] = [document, page].map((each) => each.querySelectorAll("[data-waiting]").length);
  if (!response.ok || fresh !== before) {
    location.reload();
    return;
  }
  for (const part of ["p", "progress"]) {
    const [here, there] = [document, page].map((each) => [...each.querySelectorAll(`[data-waiting] ${part}`)]);
    here.forEach((each, place) => each.replaceWith(there[place]));
  }
  setTimeout(again, EVERY);
}

function again() {
  look().catch(() => setTimeout(again, EVERY));
}

if (document.querySelector("[data-waiting]")) setTimeout(again, EVERY);
