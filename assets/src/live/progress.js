// A thin bar at the top of the page while the client waits for another page, or for the connection.

/** Milliseconds of waiting that deserve no bar: most pages are there sooner, and a flash would only disturb. */
const patience = 120;

/** Shows the bar from now on whenever the client says that the page is loading. */
export function showPageLoading() {
  const bar = document.createElement("div");
  bar.className = "page-progress";
  // The page itself says in words that it is reconnecting; for screen readers this is decoration.
  bar.setAttribute("aria-hidden", "true");
  document.body.append(bar);

  let timer;
  window.addEventListener("phx:page-loading-start", () => {
    clearTimeout(timer);
    timer = setTimeout(() => (bar.dataset.state = "loading"), patience);
  });
  window.addEventListener("phx:page-loading-stop", () => {
    clearTimeout(timer);
    bar.dataset.state = "done";
  });
}
