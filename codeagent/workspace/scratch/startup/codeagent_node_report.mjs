// Tells how each test ended, a line of JSON for each: node's own reports leave out the file, and some the suite.
// A suite is told where it failed by itself or is skipped. It ends after what it holds: what ended just before at a
// greater depth lies below it.
const told = (error) => error?.cause ?? error;

function line(event, names) {
  const { data } = event;
  const error = told(data.details?.error);
  return {
    names,
    file: data.file ?? "",
    passed: event.type === "test:pass" || data.todo !== undefined,
    skipped: data.skip !== undefined || data.todo !== undefined,
    seconds: (data.details?.duration_ms ?? 0) / 1000,
    message: typeof data.skip === "string" ? data.skip : String(error?.stack ?? error?.message ?? error ?? ""),
    raised: String(error?.name ?? ""),
  };
}

export default async function* report(source) {
  const above = []; // the tests and suites that have started and not ended
  let most = 0; // the depth of the one that ended last
  for await (const event of source) {
    if (event.type === "test:start") {
      above.length = event.data.nesting;
      above[event.data.nesting] = event.data.name;
    } else if (event.type === "test:pass" || event.type === "test:fail") {
      const depth = event.data.nesting;
      const names = [...above.slice(0, depth), event.data.name];
      const { details, skip } = event.data;
      const held = details?.type === "suite" || most > depth; // what it holds has been told
      const own = event.type === "test:fail" && details?.error?.failureType !== "subtestsFailed";
      most = depth;
      if (!held || own || skip !== undefined) yield JSON.stringify(line(event, names)) + "\n";
    }
  }
}
