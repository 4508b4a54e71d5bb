// Looks again and again, and marks what has changed since.
"use strict";

const texts = (root) => new Map(Array.from(root.querySelectorAll("[id]"), (part) => [part.id, part.textContent]));

async function look() {
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = document.getElementById("content");
    const next = page.getElementById("content");
    if (next && texts(now.parentNode).get("content") !== next.textContent) {
      const before = texts(now);
      for (const part of next.querySelectorAll("[id]")) {
        part.open = now.querySelector(`details#${CSS.escape(part.id)}`)?.open ?? part.open;
        if (part.matches("tr, .comment") && before.get(part.id) !== part.textContent) part.classList.add("changed");
      }
      now.replaceWith(next);
    }
    document.body.classList.remove("gone");
  } catch {
    document.body.classList.add("gone");
  }
  setTimeout(look, 500);
}

setTimeout(look, 500);
