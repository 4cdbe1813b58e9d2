// The gallery in a real Chromium: previews, a drop, and pictures that come back from the server.
import assert from "node:assert/strict";
import { test } from "./live.mjs";

/** One white pixel. */
const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mP8/x8AAwMCAO+ip1sAAAAASUVORK5CYII=",
  "base64",
);

function picture(name) {
  return { name, mimeType: "image/png", buffer: png };
}

/** Waits until all images at `selector` are shown, and there are `count`. */
function shown(live, selector, count) {
  return live.page.waitForFunction(
    ([selector, count]) => {
      const images = [...document.querySelectorAll(selector)];
      return images.length === count && images.every((image) => image.complete && image.naturalWidth > 0);
    },
    [selector, count],
  );
}

test("F040 F150 F155: pictures are seen before they are sent, and hang on the wall afterwards", async (open) => {
  const live = await open("/live-demo/gallery");
  await live.page.setInputFiles("#gallery input", [picture("a.png"), picture("b.png")]);
  await shown(live, "#chosen img", 2);
  await live.page.getByRole("button", { name: "Cancel" }).first().click();
  await shown(live, "#chosen img", 1);
  await live.page.getByRole("button", { name: "Hang up" }).click();
  await shown(live, "#wall img", 1);
  assert.equal(await live.page.locator("#chosen li").count(), 0);
  await live.page.getByRole("button", { name: "Take down" }).click();
  await shown(live, "#wall img", 0);
});

test("F041: what is too much, or no picture, is said", async (open) => {
  const live = await open("/live-demo/gallery");
  const seven = Array.from({ length: 7 }, (_, number) => picture(`${number}.png`));
  await live.page.setInputFiles("#gallery input", seven);
  await live.page.getByText("too many files").waitFor();
  await live.page.getByRole("button", { name: "Cancel" }).first().click();
  await live.page.getByText("too many files").waitFor({ state: "detached" });
  await live.page.setInputFiles("#gallery input", { name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("a") });
  await live.page.getByText("files of this type are not accepted").waitFor();
});

test("F156: the page fits a small screen, and a picture can be dropped", async (open) => {
  const live = await open("/live-demo/gallery");
  await live.page.setViewportSize({ width: 320, height: 640 });
  await live.page.evaluate((data) => {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], "dropped.png", { type: "image/png" }));
    document.querySelector(".drop").dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer }));
  }, png.toString("base64"));
  await shown(live, "#chosen img", 1);
  const isWider = () => document.documentElement.scrollWidth > document.documentElement.clientWidth;
  assert.equal(await live.page.evaluate(isWider), false);
});
