// Reads [{type, json}, ...] on its input; each json as its container, and writes it again. A member that is missing ends the program; one too many is not written again.
import {ssz} from "@lodestar/types";

let text = "";
for await (const chunk of process.stdin) text += chunk;
const written = JSON.parse(text).map(({type, json}) => {
  const container = type.split(".").reduce((all, name) => all[name], ssz);
  return container.toJson(container.fromJson(json));
});
process.stdout.write(JSON.stringify(written));
