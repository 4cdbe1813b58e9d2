// Uploaders of the pages: what would send files to a storage service. They send nothing and note what they are told.

/** `{name, told}` for each file, in order. */
window.uploads = [];

/** Sends half of each file and then waits for what becomes of it. */
export function Half(entries, onViewError) {
  for (const entry of entries) {
    const note = { name: entry.file.name, told: ["started"] };
    window.uploads.push(note);
    entry.onCancel(() => note.told.push("cancelled"));
    onViewError(() => note.told.push("view error"));
    entry.progress(50);
  }
}

/** Is done at once. */
export function Whole(entries) {
  for (const entry of entries) entry.progress(100);
}
